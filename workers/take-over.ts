import type { Replay } from '../src/core/replay.ts';
import { CommandCancelledError, InterruptedError } from '../src/errors/catalogue.ts';
import type { Cancellations } from '../src/queue/cancellations.ts';
import { isAlive, type JobOwner, type JobOwners } from '../src/queue/job-owner.ts';

/** A job that takes its worker down every time must come to an end. */
const mostStarts = 30;

export interface TakeOverDeps {
  readonly owners: JobOwners;
  readonly self: JobOwner;
  readonly cancellations: Pick<Cancellations, 'isRequested'>;
}

/**
 * Whether the job is ours to run: false while the process that began it lives. Throws InterruptedError for one that another
 * process began and that must not run twice, CommandCancelledError for one that was cancelled.
 */
export async function takeOver(id: string, replay: Replay, deps: TakeOverDeps): Promise<boolean> {
  const { owners, self, cancellations } = deps;
  if (await owners.claimFirst(id, self)) {
    if (await cancellations.isRequested(id)) throw new CommandCancelledError(beforeItBegan);
    return true;
  }
  const previous = await owners.of(id);
  if (previous && previous.pid !== self.pid && isAlive(previous)) return false;
  if (await cancellations.isRequested(id)) {
    throw new CommandCancelledError(
      'its process ended before it did, and it was not begun again; what it had begun is unfinished',
    );
  }
  if (previous && replay === 'once') {
    throw new InterruptedError(
      `the process that ran it (pid ${previous.pid}) died in the middle; it is not safe to run again, nobody knows how far it came`,
    );
  }
  if (previous && previous.starts >= mostStarts) {
    throw new InterruptedError(`it was begun ${previous.starts} times, and its process died or was stopped each time`);
  }
  await owners.claimAfter(previous, id, self);
  return true;
}

/** Why a command ended that was cancelled in time. */
export const beforeItBegan = 'it had not begun; nothing was done';
