import type { DiskTarget } from '../../storage/device-io/disk-target.ts';
import { planBackupMove } from '../../storage/partition/move-backup.ts';
import { type PartitionTable, readPartitionTable } from '../../storage/partition/partition-table.ts';
import { PartitionTableError } from '../../storage/partition/partition-table-error.ts';
import { planConfigDrivePartition } from '../config-drive/place-drive.ts';
import { writeConfigDrive } from '../config-drive/write-drive.ts';
import type { DiskWriter } from '../disk/disk-writer.ts';
import { writeHeld } from '../disk/write-held.ts';

/** What the image turned out to be. */
export interface FinishedDisk {
  /** As it was in the image. */
  readonly table: PartitionTable;
  /** True where the backup GPT was moved to the end of a larger disk. */
  readonly backupMoved: boolean;
  /** The partition with the config drive; null for none. */
  readonly configDrivePartition: number | null;
}

/**
 * Finishes a whole disk, once the digest is known to be right: reads and checks the partition table, puts the backup GPT to the
 * end of the disk, makes a place for the config drive and writes it, and then what was held back. Throws PartitionTableError,
 * with the head not written, where the table is bad; DeviceReadError or DeviceWriteError where the disk is.
 */
export async function finishDisk(
  writer: DiskWriter,
  configDrive: Uint8Array | null,
  signal: AbortSignal,
): Promise<FinishedDisk> {
  const { target } = writer;
  const read = (offset: number, length: number): Promise<Uint8Array> => readBytes(writer, offset, length);
  const table = await readPartitionTable(read, target);
  const placement = configDrive
    ? await planConfigDrivePartition({ table, disk: target, read, bytes: configDrive.length })
    : null;
  const writes = placement ?? (table.kind === 'gpt' ? await planBackupMove(table.gpt, read, target) : null);
  for (const { offset, bytes } of [...(writes?.end ?? []), ...(writes?.start ?? [])])
    await writer.rewrite(bytes, offset);
  if (placement && configDrive) await writeConfigDrive(writer, placement, configDrive, signal);
  await writeHeld(writer, signal);
  const backupMoved = table.kind === 'gpt' && table.gpt.header.alternateLba !== lastLba(target);
  return { table, backupMoved, configDrivePartition: placement?.number ?? null };
}

function lastLba({ sizeBytes, sectorBytes }: DiskTarget): number {
  return Math.floor(sizeBytes / sectorBytes) - 1;
}

/** Reads the disk as it will be. */
async function readBytes(writer: DiskWriter, offset: number, length: number): Promise<Uint8Array> {
  if (offset + length > writer.sizeBytes) {
    const place = `bytes ${offset} to ${offset + length}`;
    throw new PartitionTableError(`a part of it is said to lie beyond the disk: ${place} of ${writer.sizeBytes}`);
  }
  const bytes = new Uint8Array(length);
  await writer.read(bytes, offset);
  return bytes;
}
