import { IronicAPIError, LookupNodeError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import type { IronicClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { describeAnswer } from './fault.ts';
import type { HttpAnswer } from './http-client.ts';
import type { IronicLog } from './ironic-log.ts';
import { isTokenElsewhere, type LookupAnswer, parseLookupAnswer } from './lookup-answer.ts';
import { type LookupMiss, LookupPace } from './lookup-delay.ts';

export interface LookupRequest {
  /** MAC addresses of this machine; asked for each time, as drivers of interfaces may come late. */
  addresses(): readonly string[];
  /** Known after an inspection. */
  readonly nodeUuid?: string | null;
  /** The token of this boot, where one was given beforehand. */
  readonly knownToken?: string | null;
  /** Told once, when the token of the node was given to somebody before and is not known here. */
  readonly onTokenElsewhere?: (nodeUuid: string) => void;
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks Ironic which node this is, again and again: "no such node" is the normal answer until the conductor waits for it.
 * Throws LookupNodeError with the last answer when the time is up.
 *
 * A node whose token was given to somebody before is of no use: every heartbeat would be refused. A power action, or a retry,
 * makes Ironic give a new one, so it is asked for slowly, and for ever.
 */
export async function lookUpNode(
  client: IronicClient,
  request: LookupRequest,
  log: IronicLog,
  clock: Clock = systemClock,
): Promise<LookupAnswer> {
  const { timeoutSeconds, intervalSeconds, signal } = request;
  const began = clock.now();
  const pace = new LookupPace(intervalSeconds);
  let isElsewhere = false;
  for (;;) {
    const asked = clock.now();
    const outcome = await tryLookup(client, request);
    if ('node' in outcome) return outcome;
    const { miss, reason, nodeUuid } = outcome;
    if (nodeUuid !== undefined && !isElsewhere) {
      isElsewhere = true;
      request.onTokenElsewhere?.(nodeUuid);
    }
    const elapsedSeconds = clock.now() - began;
    const left = isElsewhere ? Number.POSITIVE_INFINITY : timeoutSeconds - elapsedSeconds;
    if (left <= 0) throw giveUp(client, request, outcome);
    const answerSeconds = clock.now() - asked;
    const delay = pace.delayAfter(miss, { answerSeconds, elapsedSeconds, random: clock.random() });
    log.info({ reason, retry_in_seconds: Math.min(delay, left) }, 'node not found yet');
    await clock.sleep(Math.min(delay, left), signal);
  }
}

interface FailedLookup {
  readonly reason: string;
  readonly miss: LookupMiss;
  /** The node whose token is elsewhere. */
  readonly nodeUuid?: string;
  readonly cause?: unknown;
}

async function tryLookup(client: IronicClient, request: LookupRequest): Promise<LookupAnswer | FailedLookup> {
  const { nodeUuid = null, knownToken = null, signal } = request;
  let addresses: readonly string[];
  let answer: HttpAnswer;
  try {
    addresses = request.addresses();
    answer = await client.lookup({ addresses, nodeUuid }, signal);
  } catch (error) {
    if (!(error instanceof IronicAPIError || error instanceof LookupNodeError)) throw error;
    return { reason: errorText(error), miss: 'not-yet', cause: error };
  }
  if (answer.status !== 200) {
    const reason = `${describeAnswer(answer)} (${[...addresses, nodeUuid ?? []].flat().join(', ')})`;
    return { reason, miss: missOf(answer.status) };
  }
  return readFound(answer.json, knownToken);
}

function readFound(json: unknown, knownToken: string | null): LookupAnswer | FailedLookup {
  try {
    const found = parseLookupAnswer(json);
    if (!isTokenElsewhere(found.token, knownToken)) return found;
    const { uuid } = found.node;
    return { reason: `the token of node ${uuid} was given before`, miss: 'token-elsewhere', nodeUuid: uuid };
  } catch (error) {
    if (!(error instanceof LookupNodeError)) throw error;
    return { reason: errorText(error), miss: 'failed', cause: error };
  }
}

function missOf(status: number): LookupMiss {
  if (status === 409) return 'locked';
  return status === 404 ? 'not-yet' : 'failed';
}

function giveUp(client: IronicClient, { timeoutSeconds }: LookupRequest, { reason, cause }: FailedLookup): Error {
  const where = client.apiUrls.join(', ') || 'no URL';
  return new LookupNodeError(`no node found at ${where} within ${timeoutSeconds} s: ${reason}`, { cause });
}
