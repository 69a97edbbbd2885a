import type { BlockDevice } from '../core/block-device.ts';
import type { StepContext } from '../core/job-context.ts';
import { DeviceNotFoundError, ProtectedDeviceError } from '../errors/catalogue.ts';
import { findDeadDisks } from '../storage/dead-disks.ts';
import { chooseTargets } from '../storage/erase/targets/choose-targets.ts';
import { assertMayDestroy } from '../storage/guard.ts';
import { readSkipList } from '../storage/skip-list.ts';

/**
 * The disks of this machine that may be written over, chosen as for an erase. Nothing is taken down for it: a disk in use is
 * refused. Throws ProtectedDeviceError, DeviceNotFoundError; nothing was touched then.
 */
export async function chooseDisks(context: StepContext): Promise<readonly BlockDevice[]> {
  const { node, managers, log, latch } = context;
  const devices = await managers.listBlockDevices(context, { partitions: true });
  const { targets } = await chooseTargets(devices, node, { dissolveArrays: false, skipReadOnly: false }, context);
  const { fits } = readSkipList(node);
  // Outside a ramdisk only named devices exist.
  const dead = latch.open ? findDeadDisks().filter((device) => !fits(device)) : [];
  const problems = [
    ...targets.refusals.map(({ detail }) => detail),
    ...dead.map(({ path }) => `${path} shows no capacity, so it cannot be burnt in`),
  ];
  if (problems.length > 0) throw new ProtectedDeviceError(`${problems.join('; ')}; nothing was touched`);
  const family = targets.disks.flatMap(({ disk, partitions }) => [disk, ...partitions]);
  await assertMayDestroy(family, context, { node });
  for (const { device, why } of targets.leftOut) log.warn({ device, why }, 'disk left out');
  if (targets.disks.length === 0) throw new DeviceNotFoundError('there is no disk to burn in');
  return targets.disks.map(({ disk }) => disk);
}
