import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../core/job-context.ts';
import { removeMapping } from '../../tools/dmsetup.ts';
import { deactivateVolume } from '../../tools/lvchange.ts';
import { stopArray } from '../../tools/mdadm.ts';
import { stopSwapping } from '../../tools/swapoff.ts';
import { readSwaps } from '../device-uses.ts';
import { isBlockDeviceKnown } from '../sysfs.ts';
import type { ReleaseAction } from './release-plan.ts';

/** Something still uses a disk although it was told to let go. */
class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}

/** The kernel lets a device go a moment after the program has ended, where udev has it open. */
const patienceMilliseconds = 5000;
const lookAgainMilliseconds = 50;

/**
 * Takes down what a plan names, in its order, and makes sure of each action that the kernel knows the device no more before the
 * next is begun. Throws ToolError, SafetyLatchError and ReleaseError at the first that fails; the rest is not tried then.
 */
export async function performRelease(actions: readonly ReleaseAction[], host: Host): Promise<void> {
  for (const action of actions) {
    host.signal.throwIfAborted();
    for (const disk of action.disks) host.latch.permit({ kind: 'device', device: disk });
    if (isDone(action)) continue;
    await perform(action, host);
    await settled(action, host.signal);
    host.log.info({ ...action }, 'a user of the disk was taken down');
  }
  const parts = actions.flatMap((action) => (action.kind === 'deactivate-volume' ? action.parts : []));
  const left = parts.filter(isBlockDeviceKnown);
  if (left.length > 0) throw new ReleaseError(`the volumes are inactive, but ${left.join(', ')} is still there`);
}

async function perform(action: ReleaseAction, { run }: Host): Promise<void> {
  switch (action.kind) {
    case 'swap-off':
      return stopSwapping(run, action.device);
    case 'deactivate-volume':
      return deactivateVolume(run, { volume: action.volume, disk: action.disks[0] ?? action.device });
    case 'remove-mapping':
      return removeMapping(run, action);
    case 'stop-array':
      return stopArray(run, action.device);
  }
}

async function settled(action: ReleaseAction, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while (!isDone(action)) {
    if (performance.now() > deadline) {
      throw new ReleaseError(`${action.device} is still there although ${words[action.kind]} succeeded`);
    }
    await sleep(lookAgainMilliseconds, undefined, { signal });
  }
}

const words = {
  'swap-off': 'swapoff',
  'deactivate-volume': 'lvchange --activate n',
  'remove-mapping': 'dmsetup remove',
  'stop-array': 'mdadm --stop',
} as const satisfies Record<ReleaseAction['kind'], string>;

function isDone({ kind, device }: ReleaseAction): boolean {
  if (kind === 'swap-off') return readSwaps().every((use) => use.device !== device);
  return !isBlockDeviceKnown(device);
}
