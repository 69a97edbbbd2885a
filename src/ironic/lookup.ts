import { IronicAPIError, LookupNodeError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import type { IronicClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { describeAnswer } from './fault.ts';
import type { IronicLog } from './ironic-log.ts';
import { type LookupAnswer, parseLookupAnswer } from './lookup-answer.ts';
import { lookupDelay } from './lookup-delay.ts';

export interface LookupRequest {
  /** MAC addresses of this machine; asked for each time, as drivers of interfaces may come late. */
  addresses(): readonly string[];
  /** Known after an inspection. */
  readonly nodeUuid?: string | null;
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks Ironic which node this is, again and again: "no such node" is the normal answer until the conductor waits for it.
 * Throws LookupNodeError with the last answer when the time is up.
 */
export async function lookUpNode(
  client: IronicClient,
  request: LookupRequest,
  log: IronicLog,
  clock: Clock = systemClock,
): Promise<LookupAnswer> {
  const { timeoutSeconds, intervalSeconds, signal } = request;
  const deadline = clock.now() + timeoutSeconds;
  let failures = 0;
  let conflicts = 0;
  for (;;) {
    const outcome = await tryLookup(client, request);
    if ('node' in outcome) return outcome;
    conflicts = outcome.conflict ? conflicts + 1 : 0;
    if (!outcome.conflict) failures += 1;
    const left = deadline - clock.now();
    if (left <= 0) throw giveUp(client, request, outcome);
    const delay = lookupDelay({ failures, conflicts, intervalSeconds, random: clock.random() });
    log.info({ reason: outcome.reason, retry_in_seconds: Math.min(delay, left) }, 'node not found yet');
    await clock.sleep(Math.min(delay, left), signal);
  }
}

interface FailedLookup {
  readonly reason: string;
  /** The node is locked by the conductor. */
  readonly conflict: boolean;
  readonly cause?: unknown;
}

async function tryLookup(client: IronicClient, request: LookupRequest): Promise<LookupAnswer | FailedLookup> {
  const { nodeUuid = null, signal } = request;
  try {
    const addresses = request.addresses();
    const answer = await client.lookup({ addresses, nodeUuid }, signal);
    if (answer.status === 200) return parseLookupAnswer(answer.json);
    const reason = `${describeAnswer(answer)} (${[...addresses, nodeUuid ?? []].flat().join(', ')})`;
    return { reason, conflict: answer.status === 409 };
  } catch (error) {
    if (!(error instanceof IronicAPIError || error instanceof LookupNodeError)) throw error;
    return { reason: errorText(error), conflict: false, cause: error };
  }
}

function giveUp(client: IronicClient, { timeoutSeconds }: LookupRequest, { reason, cause }: FailedLookup): Error {
  const where = client.apiUrls.join(', ') || 'no URL';
  return new LookupNodeError(`no node found at ${where} within ${timeoutSeconds} s: ${reason}`, { cause });
}
