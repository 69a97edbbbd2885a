import { isDeepStrictEqual } from 'node:util';
import type { BlockDevice } from '../../core/block-device.ts';
import type { Host } from '../../core/job-context.ts';
import { type DiskTable, readTable, writeTable } from '../../tools/sfdisk.ts';
import { claimDevice } from '../claim-device.ts';
import { type FoundPartition, findPartitions, PartitionsNotFoundError } from './find-partitions.ts';
import type { PartitionLayout } from './layout.ts';

/**
 * Writes the partition table of a layout, reads it back, and shows it to the kernel; what old content is found in the new
 * partitions loses its signatures. The caller has asked the guard and wiped the disk (eraseMetadata). Throws SafetyLatchError,
 * DeviceClaimError, ToolError, PartitionsNotFoundError.
 */
export async function makePartitions(
  disk: BlockDevice,
  layout: PartitionLayout,
  host: Host,
): Promise<readonly FoundPartition[]> {
  const table = tableOf(layout);
  {
    await using _claim = await claimDevice(disk, host);
    await writeTable(host.run, disk.path, table);
    const found = await readTable(host.run, disk.path);
    if (!isDeepStrictEqual(found, table)) {
      const [planned, read] = [table, found].map((value) => JSON.stringify(value));
      throw new PartitionsNotFoundError(`${disk.path}: wrote the partition table ${planned}, read back ${read}`);
    }
  }
  return findPartitions(disk, layout, host);
}

function tableOf({ label, sectorBytes, partitions }: PartitionLayout): DiskTable {
  return { label, sectorBytes, partitions: partitions.map(({ role: _role, ...entry }) => entry) };
}
