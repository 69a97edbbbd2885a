import { setTimeout as sleep } from 'node:timers/promises';
import type { JobLog } from '../../core/job-context.ts';
import { backOffMs } from './back-off.ts';
import { type Mirror, type Mirrors, reasonAgainst } from './mirrors.ts';
import { TransferError } from './transfer-error.ts';

export interface RoundsPolicy {
  /** Further rounds over all addresses after the first, before which one pauses. */
  readonly retries: number;
  /** Longest pause. */
  readonly intervalSeconds: number;
  readonly log: JobLog;
}

/** Goes through the mirrors, round after round, for one reader. */
export interface Rounds {
  /** The mirror whose turn it is. */
  current(): Mirror;
  /** New bytes have come: rounds without any count from here. */
  progressed(): void;
  /**
   * Takes an error of the current mirror and resolves when it is the turn of the next, after a pause where a round is over. A
   * mirror with a final error is given up. Throws what is no TransferError, a TransferError when there is nothing left to try,
   * or the reason of the signal.
   */
  failed(error: unknown, signal: AbortSignal): Promise<void>;
}

/** Begins with the mirror that answered last. */
export function createRounds(mirrors: Mirrors, policy: RoundsPolicy): Rounds {
  const failedInRound = new Set<Mirror>();
  let mirror = mirrors.preferred;
  let round = 0;

  function note(error: TransferError): void {
    const reason = reasonAgainst(mirror, error);
    failedInRound.add(mirror);
    if (error.passing) {
      policy.log.warn({ reason, round: round + 1, of: policy.retries + 1 }, 'download failed');
      return;
    }
    mirror.givenUp = reason;
    policy.log.warn({ reason }, 'address is not asked again');
  }

  function next(): Mirror | undefined {
    const { all } = mirrors;
    const start = all.indexOf(mirror) + 1;
    return [...all.slice(start), ...all.slice(0, start)].find(
      (candidate) => candidate.givenUp === null && !failedInRound.has(candidate),
    );
  }

  return {
    current: () => mirror,
    // Which mirrors failed in this round stays known: else two that break in turns would be asked without a pause.
    progressed() {
      round = 0;
    },
    async failed(error, signal) {
      signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      note(error);
      const left = stillAsked(mirrors, error);
      let following = next();
      if (following === undefined) {
        round += 1;
        if (round > policy.retries) {
          const effort = `gave up after ${round} rounds over ${left.length} address${left.length === 1 ? '' : 'es'}`;
          throw new TransferError(`${reasonAgainst(mirror, error)} (${effort})`, { passing: false, cause: error });
        }
        failedInRound.clear();
        await sleep(backOffMs(round, policy.intervalSeconds), undefined, { signal }).catch(() =>
          signal.throwIfAborted(),
        );
        following = next() ?? left[0];
      }
      if (following) mirror = following;
    },
  };
}

/** The mirrors that have not been given up; throws where there is none. */
function stillAsked({ all }: Mirrors, cause: TransferError): readonly Mirror[] {
  const left = all.filter(({ givenUp }) => givenUp === null);
  if (left.length > 0) return left;
  throw new TransferError(all.map(({ givenUp }) => givenUp).join('; '), { passing: false, cause });
}
