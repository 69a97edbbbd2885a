import type { BlockDevice } from '../../../core/block-device.ts';
import type { Host } from '../../../core/job-context.ts';
import { BlockDeviceEraseError } from '../../../errors/catalogue.ts';
import { errorText } from '../../../errors/guards.ts';
import { dropPartitions } from '../../../tools/partx.ts';
import { claimDevice } from '../../claim-device.ts';
import { targetOf } from '../../device-io/disk-target.ts';
import { inspectMetadata } from './inspect.ts';
import { readKnownPartitions } from './known-partitions.ts';
import { planMetadataErase } from './metadata-plan.ts';
import { surveyMetadata } from './survey.ts';
import { walkMetadataPlan } from './walk-plan.ts';

/**
 * Removes what makes a disk look used: partition tables, RAID and volume superblocks, file system signatures, on its partitions
 * and on itself; the kernel forgets the partitions. Not an erase of the data. What was done is read back from the device. All goes
 * through the disk, which nobody can have then who has one of its partitions. The caller has asked the guard for it and for
 * `partitions`. Throws SafetyLatchError, BlockDeviceEraseError, or the reason of the signal.
 */
export async function eraseMetadata(disk: BlockDevice, partitions: readonly BlockDevice[], host: Host): Promise<void> {
  const strangers = partitions.filter((partition) => partition.disk !== disk.path);
  if (strangers.length > 0) throw new BlockDeviceEraseError(`${strangers[0]?.path} is not on ${disk.path}`);
  host.signal.throwIfAborted();
  try {
    await eraseClaimed(disk, host);
  } catch (error) {
    host.signal.throwIfAborted();
    if (error instanceof Error && error.name === 'SafetyLatchError') throw error;
    throw new BlockDeviceEraseError(`${disk.path}: ${errorText(error)}`, { cause: error });
  }
}

async function eraseClaimed(disk: BlockDevice, host: Host): Promise<void> {
  await using claim = await claimDevice(disk, host, { direct: true });
  const target = targetOf(claim);
  const known = readKnownPartitions(disk.path);
  if (known.length > 0) await dropPartitions(host.run, disk.path);
  const plan = planMetadataErase(target, await surveyMetadata(target, host.run, known));
  await walkMetadataPlan(target, plan, host);
  const failed = (await inspectMetadata(target, plan, host.run)).find(({ passed }) => !passed);
  if (failed) throw new Error(failed.detail);
}
