import type { BlockDevice } from '../../core/block-device.ts';
import type { JobContext } from '../../core/job-context.ts';
import { claimDevice } from '../../storage/claim-device.ts';
import { readInto, targetOf } from '../../storage/device-io/disk-target.ts';
import { deviceZeroing } from '../disk/device-zeroing.ts';
import { createDiskWriter } from '../disk/disk-writer.ts';
import { finishDisk } from '../whole-disk/finish-disk.ts';

/** Adds a config drive to a disk that somebody else has written; gives the number of its partition. Throws as finishDisk does. */
export async function addConfigDrive(
  device: BlockDevice,
  drive: Uint8Array,
  context: JobContext,
): Promise<number | null> {
  await using claimed = await claimDevice(device, context, { direct: true });
  const target = targetOf(claimed);
  const writer = createDiskWriter({ target, zeroing: deviceZeroing(target, device.disk, context) });
  // What is written last is what is there already, with the changed table in it.
  for (const { bytes, offset } of [writer.held.head, writer.held.tail]) await readInto(target, bytes, offset);
  return (await finishDisk(writer, drive, context.signal)).configDrivePartition;
}
