import type { ReadDisk } from './gpt.ts';
import { type Mbr, type MbrPartition, parseMbr } from './mbr.ts';
import type { Extent } from './partition-table.ts';
import { PartitionTableError } from './partition-table-error.ts';

/** Types of an MBR partition that holds logical ones. */
const extendedTypes = [0x05, 0x0f, 0x85];
const firstLogicalNumber = 5;
/** More than any kernel shows. */
const mostLogical = 128;

/** True where a partition only holds others. */
export function isExtended({ type }: MbrPartition): boolean {
  return extendedTypes.includes(type);
}

/**
 * The logical partitions of an MBR, numbered as the kernel does. They are a chain of boot records within the extended
 * partition, each with one partition (its place counted from the record) and the next record (counted from the extended
 * partition). Throws PartitionTableError where the chain leads out of it, or has no end.
 */
export async function readLogicalPartitions(mbr: Mbr, read: ReadDisk, sectorBytes: number): Promise<readonly Extent[]> {
  const extended = mbr.partitions.find(isExtended);
  if (!extended) return [];
  const end = extended.firstLba + extended.sectors;
  const found: Extent[] = [];
  let record: number | null = extended.firstLba;
  for (let records = 0; record !== null; records += 1) {
    if (records === mostLogical) throw new PartitionTableError(`more than ${mostLogical} logical partitions`);
    const entries: readonly MbrPartition[] = parseMbr(await read(record * sectorBytes, 512))?.partitions ?? [];
    const logical = entries.find((entry) => !isExtended(entry));
    const next = entries.find(isExtended);
    if (logical) found.push(checked({ record, logical, end, number: firstLogicalNumber + found.length }));
    record = next ? extended.firstLba + next.firstLba : null;
    if (record !== null && record >= end)
      throw new PartitionTableError('logical partitions lead out of the extended one');
  }
  return found;
}

interface Found {
  readonly record: number;
  readonly logical: MbrPartition;
  /** Of the extended partition, not included. */
  readonly end: number;
  readonly number: number;
}

function checked({ record, logical, end, number }: Found): Extent {
  const firstLba = record + logical.firstLba;
  const lastLba = firstLba + logical.sectors - 1;
  if (logical.sectors > 0 && lastLba < end) return { number, firstLba, lastLba };
  throw new PartitionTableError(`logical partition ${number} (sectors ${firstLba} to ${lastLba}) is impossible`);
}
