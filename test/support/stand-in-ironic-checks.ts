import { type ApiVersion, apiVersions, formatApiVersion, isAtLeast } from '../../src/ironic/api-version.ts';

/** What an agent sends with a heartbeat. */
export interface HeartbeatBody {
  readonly callback_url: string;
  readonly agent_token?: string;
  readonly agent_version?: string;
  readonly agent_verify_ca?: string | null;
  readonly agent_status?: string;
  readonly agent_status_message?: string;
}

/** Status and text with which Ironic refuses a version; null for one that is all right. */
export function versionFault(asked: ApiVersion, newest: ApiVersion): [status: number, text: string] | null {
  if (!isAtLeast(asked, { major: 1, minor: 22 })) return [404, 'Not Found'];
  if (isAtLeast(newest, asked)) return null;
  return [406, `Version ${formatApiVersion(asked)} was requested but the newest is ${formatApiVersion(newest)}.`];
}

const sinceVersion: Readonly<Record<keyof HeartbeatBody, ApiVersion>> = {
  callback_url: { major: 1, minor: 22 },
  agent_token: apiVersions.agentToken,
  agent_version: apiVersions.agentVersion,
  agent_verify_ca: apiVersions.agentVerifyCa,
  agent_status: apiVersions.agentStatusMessage,
  agent_status_message: apiVersions.agentStatusMessage,
};

/** What Ironic holds against a heartbeat, in its own words; null for nothing. */
export function heartbeatFault(
  body: HeartbeatBody,
  asked: ApiVersion,
  known: { readonly token: string; readonly callbackUrl: string | null; readonly requireTls: boolean },
): string | null {
  return (
    argumentFault(body, asked) ??
    tokenFault(body.agent_token, known.token) ??
    callbackFault(body.callback_url, known.callbackUrl, known.requireTls)
  );
}

function argumentFault(body: HeartbeatBody, asked: ApiVersion): string | null {
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(sinceVersion, name)) return `Unexpected arguments: ${name}`;
    const since = sinceVersion[name as keyof HeartbeatBody];
    if (!isAtLeast(asked, since)) return `${name} is not accepted before ${formatApiVersion(since)}`;
  }
  if (!body.callback_url) return 'Missing mandatory parameter: callback_url';
  if (body.agent_version === undefined) return 'Agent did not transmit a version, and a version is required.';
  return typeof body.agent_version === 'string' ? null : `Expected string for agent_version: ${body.agent_version}`;
}

function tokenFault(given: string | undefined, token: string): string | null {
  if (given === undefined) return 'Agent token is required for heartbeat processing.';
  return given === token ? null : 'Invalid or missing agent token received.';
}

function callbackFault(given: string, recorded: string | null, requireTls: boolean): string | null {
  if (!/^https?:\/\/./.test(given)) return 'An issue with the supplied "callback_url" has been detected.';
  if (requireTls && given.startsWith('http://')) return 'TLS is required by configuration';
  return recorded === null || recorded === given ? null : 'Detected change in ramdisk provided "callback_url"';
}
