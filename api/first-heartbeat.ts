import type { Config } from '../src/core/config.ts';
import type { Identity } from './identity.ts';

/** A conductor waits 60 s for an answer; a worker that looks for disks for half of that still has the other half to start. */
const longestDiskWaitSeconds = 30;

/**
 * Whether the first heartbeat has to wait for the workers. Usually the commands that it brings wait for them in the queues; but a step that
 * a restart of the machine cut off has to be listed before a conductor looks, with the queue that only they know, and workers that
 * may look for disks longer than a conductor waits for its first answer would fail the node.
 */
export function waitsForWorkers(
  { diskWaitAttempts, diskWaitDelaySeconds }: Pick<Config, 'diskWaitAttempts' | 'diskWaitDelaySeconds'>,
  { interruptedStep }: Pick<Identity, 'interruptedStep'>,
): boolean {
  return interruptedStep !== undefined || diskWaitAttempts * diskWaitDelaySeconds > longestDiskWaitSeconds;
}
