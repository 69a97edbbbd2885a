import { InspectionError } from '../errors/catalogue.ts';
import { errorText, isObject } from '../errors/guards.ts';
import { redactUrl } from '../log/redact.ts';
import { formatApiVersion } from './api-version.ts';
import type { IronicSettings } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { describeAnswer } from './fault.ts';
import { type HttpAnswer, HttpClient, NoAnswerError } from './http-client.ts';
import type { InspectionTarget } from './inspection-targets.ts';
import type { IronicLog } from './ironic-log.ts';
import { type LookupAnswer, parseLookupAnswer } from './lookup-answer.ts';
import { readTlsFiles } from './tls-files.ts';

/** What Ironic made of an inspection: all that a lookup tells, or at best the node that it was for. */
export type InspectionAnswer =
  | { readonly kind: 'looked-up'; readonly answer: LookupAnswer }
  | { readonly kind: 'accepted'; readonly nodeUuid: string | null };

/** Seconds between five attempts. */
const retryDelays = [5, 10, 20, 30] as const;

const conflict = 409;

/** A failure that may be gone in a while: nobody answered, the node is locked, or the server is in trouble. */
class PassingFailure extends Error {}

/**
 * Posts what was collected, to the first of the targets that answers. Throws InspectionError where the data is refused, and where
 * five attempts met no answer, a locked node or a server in trouble.
 */
export async function postInspection(
  targets: readonly InspectionTarget[],
  data: unknown,
  settings: Parameters<typeof readTlsFiles>[0] &
    Pick<IronicSettings, 'globalRequestId' | 'httpRequestTimeoutSeconds' | 'insecure'>,
  log: IronicLog,
  clock: Clock = systemClock,
): Promise<InspectionAnswer> {
  const { globalRequestId, httpRequestTimeoutSeconds: timeoutSeconds, insecure } = settings;
  const requestId = globalRequestId === null ? {} : { 'X-OpenStack-Request-ID': globalRequestId };
  const http = new HttpClient({ timeoutSeconds, insecure, ...readTlsFiles(settings) });
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await postOnce(http, targets, data, requestId);
      } catch (error) {
        const delay = retryDelays[attempt];
        if (!(error instanceof PassingFailure)) throw error;
        if (delay === undefined) throw new InspectionError(error.message, { cause: error });
        log.warn({ reason: error.message, retry_in_seconds: delay }, 'inspection not posted yet');
        await clock.sleep(delay);
      }
    }
  } finally {
    http.close();
  }
}

async function postOnce(
  http: HttpClient,
  targets: readonly InspectionTarget[],
  data: unknown,
  requestId: Readonly<Record<string, string>>,
): Promise<InspectionAnswer> {
  const silent: NoAnswerError[] = [];
  for (const target of targets) {
    const { url, version } = target;
    try {
      const asVersion = version ? { 'X-OpenStack-Ironic-API-Version': formatApiVersion(version) } : {};
      const headers = { ...asVersion, ...requestId };
      return readAnswer(await http.request({ method: 'POST', url, headers, body: data }), target);
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      silent.push(error);
    }
  }
  throw new PassingFailure(silent.map(errorText).join('; ') || 'no URL to post to', { cause: silent[0] });
}

function readAnswer(answer: HttpAnswer, { url, version }: InspectionTarget): InspectionAnswer {
  const { status, json } = answer;
  if (status !== 200 && status !== 202) {
    const reason = `${redactUrl(url)} answered ${describeAnswer(answer)}`;
    throw status >= 500 || status === conflict ? new PassingFailure(reason) : new InspectionError(reason);
  }
  if (version) return { kind: 'looked-up', answer: parseLookupAnswer(json) };
  return { kind: 'accepted', nodeUuid: isObject(json) && typeof json['uuid'] === 'string' ? json['uuid'] : null };
}
