import type { BlockDevice } from '../../core/block-device.ts';
import type { Host } from '../../core/job-context.ts';
import { BlockDeviceEraseError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { dropPartitions } from '../../tools/partx.ts';
import { eraseSignatures, listSignatures } from '../../tools/wipefs.ts';
import { claimDevice } from '../claim-device.ts';
import { readPartitions } from '../sysfs.ts';
import { type MetadataErase, planMetadataErase } from './metadata-plan.ts';
import { findNonZero, zeroRanges } from './zero-ranges.ts';

/**
 * Removes what makes a disk look used: partition table, RAID and volume superblocks, file system signatures, on its partitions
 * and on itself; then the kernel forgets the partitions. Not an erase of the data. What was done is read back from the device.
 * The caller has asked the guard. Throws SafetyLatchError, BlockDeviceEraseError.
 */
export async function eraseMetadata(disk: BlockDevice, partitions: readonly BlockDevice[], host: Host): Promise<void> {
  const strangers = partitions.filter((partition) => partition.disk !== disk.path);
  if (strangers.length > 0) throw new BlockDeviceEraseError(`${strangers[0]?.path} is not on ${disk.path}`);
  for (const action of planMetadataErase(disk, partitions)) {
    host.signal.throwIfAborted();
    try {
      await perform(action, host);
    } catch (error) {
      throw toEraseError(action.device, error);
    }
  }
}

async function perform({ device, zero }: MetadataErase, host: Host): Promise<void> {
  await using claim = await claimDevice(device, host, { direct: true });
  await eraseSignatures(host.run, device.path);
  await zeroRanges(claim.handle, zero);
  if (device.kind === 'disk') {
    if (readPartitions(device.path).length > 0) await dropPartitions(host.run, device.path);
    const left = readPartitions(device.path);
    if (left.length > 0) throw new Error(`the kernel still has ${left.join(', ')}`);
  }
  const offset = await findNonZero(claim.handle, zero);
  if (offset !== null) throw new Error(`byte ${offset} was written as zero and reads back otherwise`);
  const [signature] = await listSignatures(host.run, device.path);
  if (signature) throw new Error(`a signature is left: ${signature.type} at byte ${signature.offsetBytes}`);
}

function toEraseError(device: BlockDevice, error: unknown): unknown {
  if (error instanceof Error && error.name === 'SafetyLatchError') return error;
  return new BlockDeviceEraseError(`${device.path}: ${errorText(error)}`, { cause: error });
}
