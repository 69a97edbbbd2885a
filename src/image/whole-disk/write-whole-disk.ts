import type { JobContext } from '../../core/job-context.ts';
import { showDiskSignature } from '../../storage/partition/mbr.ts';
import { bringToDevice, type Transferred } from '../transfer/transfer.ts';
import { createVerifier, type Verification } from '../transfer/verification.ts';
import { evidenceOf, type PreparedWrite, type WrittenImage, type WrittenTable } from '../written-image.ts';
import { blankDisk } from './blank-disk.ts';
import { type FinishedDisk, finishDisk } from './finish-disk.ts';
import { showToKernel } from './show-to-kernel.ts';

interface DoneDisk {
  readonly transferred: Transferred;
  readonly finished: FinishedDisk;
  readonly verified: Verification | null;
}

/** Writes an image of a whole disk, and the config drive beside its partitions. */
export async function writeWholeDisk(prepared: PreparedWrite, context: JobContext): Promise<WrittenImage> {
  const { transferred, finished, verified } = await writeClaimed(prepared, context);
  await showToKernel(prepared.device.path, context);
  return {
    ...evidenceOf(prepared, transferred),
    verified,
    table: tableOf(finished),
    configDrivePartition: finished.configDrivePartition,
    // Ironic's root UUID of a whole disk is the signature of its MBR.
    partitionUuids: { 'root uuid': showDiskSignature(finished.table.mbr) },
  };
}

/** Everything during which the disk is ours alone. */
async function writeClaimed(prepared: PreparedWrite, context: JobContext): Promise<DoneDisk> {
  const { imageInfo, device, partitions, expected, options, configDrive } = prepared;
  await using disk = blankDisk(device, partitions, context);
  const verifier = createVerifier(context);
  const { claim } = disk;
  const transfer = { imageInfo, device, targetBytes: device.sizeBytes, expected, options, claim, verifier };
  const transferred = await bringToDevice(transfer, context);
  const verified = await verifier.verify(transferred.writer.target);
  const finished = await finishDisk(transferred.writer, configDrive, context.signal);
  return { transferred, finished, verified };
}

function tableOf({ table, backupMoved }: FinishedDisk): WrittenTable {
  const { length } = table.kind === 'gpt' ? table.gpt.partitions : table.mbr.partitions;
  return { kind: table.kind, partitionCount: length, backupMoved };
}
