import type { ByteRange } from '../../device-io/byte-range.ts';
import { isExtended } from '../../partition/logical-partitions.ts';
import { type Mbr, type MbrPartition, parseMbr } from '../../partition/mbr.ts';
import type { ReadRange } from './read-disk.ts';
import type { TableFinding, TableRegion } from './region.ts';

const mbrBytes = 512;
const firstLogicalNumber = 5;
/** More than any kernel shows. */
const mostLogical = 256;
const entriesAt = 446;
/** Covers the GPT and all that it divides: no partition. */
const protectiveType = 0xee;

/** The partitions of an MBR, also of a stale one beside a GPT, and the chain of boot records of the logical ones. */
export interface BootRecords extends TableFinding {
  /** Where the partitions end, in sectors: a protective MBR tells the last sector of the disk (or image) that it was made for. */
  readonly lastLbas: readonly number[];
}

export async function findBootRecords(read: ReadRange, sectorBytes: number): Promise<BootRecords> {
  const mbr = plausibleMbr(await read({ start: 0, end: mbrBytes }));
  const lastLbas = mbr.map(({ firstLba, sectors }) => firstLba + sectors - 1);
  const primary = mbr
    .filter(({ type }) => type !== protectiveType)
    .map(({ number, ...entry }) => ({ number, ...rangeOf(entry, 0, sectorBytes) }));
  const extended = mbr.find(isExtended);
  if (!extended) return { ranges: [], regions: primary, lastLbas };
  const { ranges, regions } = await walkChain(read, extended, sectorBytes);
  return { ranges, regions: [...primary, ...regions], lastLbas };
}

/** Each record has one partition, counted from the record, and the next record, counted from the extended partition. */
async function walkChain(read: ReadRange, extended: MbrPartition, sectorBytes: number): Promise<TableFinding> {
  const ranges: ByteRange[] = [];
  const regions: TableRegion[] = [];
  const seen = new Set<number>();
  for (let record = extended.firstLba; !seen.has(record) && seen.size < mostLogical; ) {
    seen.add(record);
    const start = record * sectorBytes;
    const bytes = await read({ start, end: start + mbrBytes });
    const entries = plausibleMbr(bytes);
    if (entries.length === 0) break;
    ranges.push({ start, end: start + sectorBytes });
    const logical = entries.find((entry) => !isExtended(entry));
    const number = firstLogicalNumber + regions.length;
    if (logical) regions.push({ number, ...rangeOf(logical, record, sectorBytes) });
    const next = entries.find(isExtended);
    if (next) record = extended.firstLba + next.firstLba;
  }
  return { ranges, regions };
}

/** The entries of a boot record; none where it is the boot sector of a file system, whose code looks like entries. */
function plausibleMbr(bytes: Buffer): readonly MbrPartition[] {
  const mbr: Mbr | null = bytes.length < mbrBytes ? null : parseMbr(bytes);
  if (mbr === null) return [];
  const flags = [0, 1, 2, 3].map((index) => bytes[entriesAt + index * 16] ?? 0);
  if (!flags.every((flag) => flag === 0 || flag === 0x80)) return [];
  return mbr.partitions.filter(({ firstLba, sectors }) => firstLba > 0 && sectors > 0);
}

function rangeOf(entry: Pick<MbrPartition, 'firstLba' | 'sectors'>, base: number, sectorBytes: number): ByteRange {
  const start = (base + entry.firstLba) * sectorBytes;
  return { start, end: start + entry.sectors * sectorBytes };
}
