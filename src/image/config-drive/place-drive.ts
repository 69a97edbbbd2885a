import { planNewPartition } from '../../storage/partition/add-partition.ts';
import type { ReadDisk } from '../../storage/partition/gpt.ts';
import type { DiskSize } from '../../storage/partition/gpt-writes.ts';
import { isExtended, readLogicalPartitions } from '../../storage/partition/logical-partitions.ts';
import { planBackupMove } from '../../storage/partition/move-backup.ts';
import { type Extent, extentsOf, type PartitionTable } from '../../storage/partition/partition-table.ts';
import { PartitionTableError } from '../../storage/partition/partition-table-error.ts';
import type { TableWrites } from '../../storage/partition/sector-write.ts';
import { readVolumeLabel } from '../../storage/partition/volume-label.ts';
import { maximumDriveBytes } from './decode-drive.ts';

/** By it cloud-init finds the drive, in either case (cloud-init documentation, data source ConfigDrive). */
const driveLabel = 'config-2';
/** What sgdisk gives a partition when nothing is said: Linux file system. */
const linuxTypeGuid = '0fc63daf-8483-4772-8e79-3d69d8477de4';
/** FAT32 with LBA, whatever is in it: Ironic's agents have always marked it so. */
const mbrType = 0x0c;

/** A partition, with its name where its table has names. */
interface Volume extends Extent {
  readonly name?: string;
}

export interface PlaceRequest {
  /** Read and checked by readPartitionTable. */
  readonly table: PartitionTable;
  readonly disk: DiskSize;
  readonly read: ReadDisk;
  /** Size of the config drive. */
  readonly bytes: number;
}

/**
 * Where the config drive goes, and what makes the partition table right: for a GPT also the move of its backup to the end of
 * the disk, so that planBackupMove is not needed beside it.
 */
export interface ConfigDrivePlacement extends TableWrites {
  readonly kind: 'existing' | 'new';
  readonly number: number;
  /** Bytes from the beginning of the disk. It is written there through the disk itself, which needs no device of the partition
   * and is therefore the same for plain disks, device mapper and multipath. */
  readonly offset: number;
  /** Size of the partition in bytes. */
  readonly length: number;
}

/**
 * Chooses the partition labelled config-2 (name in the GPT, or label of the file system in it, in any case), else plans a
 * new one of 64 MiB at the end of the disk. Throws PartitionTableError where two partitions have the label, the one is too
 * small or overlaps another, or a new one has no place.
 */
export async function planConfigDrivePartition(request: PlaceRequest): Promise<ConfigDrivePlacement> {
  const { table, disk, read, bytes } = request;
  const volumes = await volumesOf(request);
  const labelled: Volume[] = [];
  for (const volume of volumes) if (await hasLabel(volume, request)) labelled.push(volume);
  if (labelled.length > 1) {
    const numbers = labelled.map(({ number }) => number).join(', ');
    throw new PartitionTableError(`several partitions are labelled ${driveLabel}: ${numbers}`);
  }
  if (labelled[0]) return reuse(labelled[0], volumes, request);
  const wanted = {
    sizeBytes: maximumDriveBytes,
    leastBytes: bytes,
    name: driveLabel,
    typeGuid: linuxTypeGuid,
    mbrType,
  };
  return { kind: 'new', ...(await planNewPartition({ table, disk, read, ...wanted })) };
}

/** Every place that a file system can be in. */
async function volumesOf({ table, disk, read }: PlaceRequest): Promise<readonly Volume[]> {
  if (table.kind === 'gpt') return table.gpt.partitions;
  const primary = extentsOf(table).filter(
    (extent) => !table.mbr.partitions.some((entry) => entry.number === extent.number && isExtended(entry)),
  );
  return [...primary, ...(await readLogicalPartitions(table.mbr, read, disk.sectorBytes))];
}

async function hasLabel(volume: Volume, { disk, read }: PlaceRequest): Promise<boolean> {
  const { offset, length } = place(volume, disk);
  const labels = [volume.name, await readVolumeLabel(read, offset, length)];
  return labels.some((label) => label?.toLowerCase() === driveLabel);
}

async function reuse(volume: Volume, volumes: readonly Volume[], request: PlaceRequest): Promise<ConfigDrivePlacement> {
  const { table, disk, read, bytes } = request;
  const { number, firstLba, lastLba } = volume;
  const { offset, length } = place(volume, disk);
  const name = `partition ${number}, labelled ${driveLabel},`;
  if (length < bytes) {
    throw new PartitionTableError(`${name} has ${length} bytes, the config drive has ${bytes}`);
  }
  const other = volumes.find((one) => one !== volume && one.firstLba <= lastLba && one.lastLba >= firstLba);
  if (other) throw new PartitionTableError(`${name} overlaps partition ${other.number}`);
  const move = table.kind === 'gpt' ? await planBackupMove(table.gpt, read, disk) : null;
  return { kind: 'existing', number, offset, length, ...(move ?? { end: [], start: [] }) };
}

function place({ firstLba, lastLba }: Extent, { sectorBytes }: DiskSize) {
  return { offset: firstLba * sectorBytes, length: (lastLba - firstLba + 1) * sectorBytes };
}
