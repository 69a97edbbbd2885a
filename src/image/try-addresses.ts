import { setTimeout as sleep } from 'node:timers/promises';
import type { JobLog } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { isPassing, TransferError } from './http/transfer-error.ts';

export interface RetryPolicy {
  /** Further rounds over all addresses after the first. */
  readonly retries: number;
  readonly intervalSeconds: number;
}

export interface RetryHost {
  readonly signal: AbortSignal;
  readonly log: JobLog;
}

/**
 * Tries the addresses in order, round after round, until one succeeds; only a passing TransferError leads to the next, any
 * other error ends it at once. `attempt` is told its
 * number, from 1. Throws the reason of the signal when aborted.
 */
export async function tryAddresses<T>(
  addresses: readonly string[],
  policy: RetryPolicy,
  host: RetryHost,
  attempt: (address: string, number: number) => Promise<T>,
): Promise<T> {
  let number = 0;
  for (let round = 0; ; round += 1) {
    let last: unknown;
    for (const address of addresses) {
      number += 1;
      try {
        return await attempt(address, number);
      } catch (error) {
        host.signal.throwIfAborted();
        if (!isPassing(error)) throw error;
        last = error;
        host.log.warn({ reason: errorText(error), round: round + 1, of: policy.retries + 1 }, 'download failed');
      }
    }
    if (round >= policy.retries) {
      throw new TransferError(
        `${errorText(last)} (gave up after ${round + 1} rounds over ${addresses.length} addresses)`,
        {
          passing: false,
          cause: last,
        },
      );
    }
    await sleep(policy.intervalSeconds * 1000, undefined, { signal: host.signal }).catch((error: unknown) => {
      host.signal.throwIfAborted();
      throw error;
    });
  }
}
