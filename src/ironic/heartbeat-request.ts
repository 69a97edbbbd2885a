import { type ApiVersion, apiVersions, isAtLeast, olderOf } from './api-version.ts';

/** What is told to Ironic with a heartbeat. */
export interface HeartbeatContent {
  /** Where the conductor reaches the agent: no slash at the end. */
  readonly callbackUrl: string;
  readonly agentToken: string | null;
  /** Version of ironic-python-agent that this agent answers like. */
  readonly agentVersion: string;
  /** PEM of the certificate that the agent serves, when no known authority has signed it. */
  readonly agentVerifyCa: string | null;
  /** What the agent is doing, in words. */
  readonly statusMessage: string | null;
}

/** Longest status message that is sent, in characters. */
const longestStatusMessage = 255;

/**
 * The body of a heartbeat, and the version to ask for: the newest that ironic-python-agent uses, or the first that takes a
 * status message when there is one to send. Fields that the version does not know are left out: Ironic answers 400 to them.
 */
export function heartbeatRequest(
  content: HeartbeatContent,
  newest: ApiVersion,
): { readonly version: ApiVersion; readonly body: Readonly<Record<string, string>> } {
  const tellsStatus = content.statusMessage !== null && isAtLeast(newest, apiVersions.agentStatusMessage);
  const version = olderOf(newest, tellsStatus ? apiVersions.agentStatusMessage : apiVersions.agentVerifyCa);
  const knows = (since: ApiVersion) => isAtLeast(version, since);
  const { callbackUrl, agentToken, agentVersion, agentVerifyCa, statusMessage } = content;
  const body = {
    callback_url: callbackUrl,
    ...(agentToken !== null && knows(apiVersions.agentToken) ? { agent_token: agentToken } : {}),
    ...(knows(apiVersions.agentVersion) ? { agent_version: agentVersion } : {}),
    ...(agentVerifyCa !== null && knows(apiVersions.agentVerifyCa) ? { agent_verify_ca: agentVerifyCa } : {}),
    ...(tellsStatus ? { agent_status_message: statusMessage?.slice(0, longestStatusMessage) ?? '' } : {}),
  };
  return { version, body };
}
