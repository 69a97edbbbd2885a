import { type Gpt, type ReadDisk, readGpt } from './gpt.ts';
import { isGptHeader } from './gpt-header.ts';
import { announcesGpt, type Mbr, parseMbr } from './mbr.ts';
import { PartitionTableError } from './partition-table-error.ts';

/** What divides a disk; the MBR of a GPT disk is its protective one, whose signature Ironic still asks for. */
export type PartitionTable =
  | { readonly kind: 'gpt'; readonly mbr: Mbr; readonly gpt: Gpt }
  | { readonly kind: 'mbr'; readonly mbr: Mbr };

/** The sectors of a partition. */
export interface Extent {
  readonly number: number;
  readonly firstLba: number;
  readonly lastLba: number;
}

const otherSectorBytes = new Map([
  [512, 4096],
  [4096, 512],
]);

/**
 * Reads and checks the partition table of a disk: its checksums, at least one partition, and each partition inside the disk.
 * Throws PartitionTableError that says what is wrong, also where the table was made for another sector size.
 */
export async function readPartitionTable(
  read: ReadDisk,
  disk: { readonly sizeBytes: number; readonly sectorBytes: number },
): Promise<PartitionTable> {
  const mbr = parseMbr(await read(0, 512));
  if (mbr === null) throw new PartitionTableError('no partition table: the first sector does not end in 55 aa');
  const table: PartitionTable = announcesGpt(mbr)
    ? { kind: 'gpt', mbr, gpt: await readGptOf(read, disk.sectorBytes) }
    : { kind: 'mbr', mbr };
  checkExtents(extentsOf(table), Math.floor(disk.sizeBytes / disk.sectorBytes), disk.sectorBytes);
  return table;
}

async function readGptOf(read: ReadDisk, sectorBytes: number): Promise<Gpt> {
  const other = otherSectorBytes.get(sectorBytes);
  if (other !== undefined && !isGptHeader(await read(sectorBytes, 512)) && isGptHeader(await read(other, 512))) {
    throw new PartitionTableError(
      `the GPT was made for sectors of ${other} bytes, the sectors of this disk have ${sectorBytes}`,
    );
  }
  return readGpt(read, sectorBytes);
}

/** Where the partitions lie, in the order of the table; of an MBR the primary ones. */
export function extentsOf(table: PartitionTable): readonly Extent[] {
  if (table.kind === 'gpt') return table.gpt.partitions;
  return table.mbr.partitions.map(({ number, firstLba, sectors }) => ({
    number,
    firstLba,
    lastLba: firstLba + sectors - 1,
  }));
}

function checkExtents(extents: readonly Extent[], diskSectors: number, sectorBytes: number): void {
  if (extents.length === 0) throw new PartitionTableError('the partition table has no partition');
  for (const { number, firstLba, lastLba } of extents) {
    const place = `partition ${number} (sectors ${firstLba} to ${lastLba} of ${sectorBytes} bytes)`;
    if (firstLba < 1 || lastLba < firstLba) throw new PartitionTableError(`${place} is impossible`);
    if (lastLba >= diskSectors) {
      throw new PartitionTableError(`${place} ends beyond the disk, which has ${diskSectors} sectors`);
    }
  }
}
