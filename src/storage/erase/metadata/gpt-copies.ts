import type { ByteRange } from '../../device-io/byte-range.ts';
import { isGptHeader } from '../../partition/gpt-header.ts';
import type { ReadRange } from './read-disk.ts';
import type { TableFinding, TableRegion } from './region.ts';

/** Sector sizes that a disk may have had in another enclosure, or with another format. */
const usualSectorBytes = [512, 520, 1024, 2048, 4096];
/** The kernel shows no more partitions of a disk (DISK_MAX_PARTS of include/linux/genhd.h). */
const mostEntries = 256;
const mostCopies = 32;
const unused = Buffer.alloc(16);

interface Place {
  readonly sectorBytes: number;
  readonly lba: number;
}

/**
 * Every GUID partition table that can be found: laid out for any sector size, at the beginning, at the end, where another copy
 * points to, and where the protective MBR of a smaller disk or image says that it ends (`lastLbas`). Damaged ones count too: what
 * looks like a table shall not stay.
 */
export async function findGptCopies(
  read: ReadRange,
  disk: { readonly sizeBytes: number; readonly sectorBytes: number },
  lastLbas: readonly number[],
): Promise<TableFinding> {
  const sizes = [...new Set([disk.sectorBytes, ...usualSectorBytes])];
  const open: Place[] = sizes.flatMap((sectorBytes) =>
    [1, Math.floor(disk.sizeBytes / sectorBytes) - 1, ...lastLbas].map((lba) => ({ sectorBytes, lba })),
  );
  const seen = new Set<string>();
  const ranges: ByteRange[] = [];
  const regions: TableRegion[] = [];
  for (let place = open.shift(), copies = 0; place !== undefined && copies < mostCopies; place = open.shift()) {
    const { sectorBytes, lba } = place;
    const key = `${sectorBytes}:${lba}`;
    if (seen.has(key) || lba < 1 || (lba + 1) * sectorBytes > disk.sizeBytes) continue;
    seen.add(key);
    const header = await read({ start: lba * sectorBytes, end: lba * sectorBytes + 512 });
    if (header.length < 512 || !isGptHeader(header)) continue;
    copies += 1;
    const entries = entriesOf(header, sectorBytes);
    ranges.push({ start: lba * sectorBytes, end: (lba + 1) * sectorBytes }, entries.range);
    regions.push(...regionsIn(await read(entries.range), entries.entryBytes, sectorBytes));
    open.push({ sectorBytes, lba: Number(header.readBigUInt64LE(32)) });
  }
  return { ranges, regions };
}

function entriesOf(header: Buffer, sectorBytes: number) {
  const start = Number(header.readBigUInt64LE(72)) * sectorBytes;
  const entryBytes = Math.min(Math.max(128, header.readUInt32LE(84)), 4096);
  const count = Math.min(header.readUInt32LE(80), mostEntries);
  return { entryBytes, range: { start, end: start + count * entryBytes } };
}

function regionsIn(table: Buffer, entryBytes: number, sectorBytes: number): readonly TableRegion[] {
  const regions: TableRegion[] = [];
  for (let at = 0, number = 1; at + 128 <= table.length; at += entryBytes, number += 1) {
    if (table.subarray(at, at + 16).equals(unused)) continue;
    const start = Number(table.readBigUInt64LE(at + 32)) * sectorBytes;
    const end = (Number(table.readBigUInt64LE(at + 40)) + 1) * sectorBytes;
    regions.push({ number, start, end });
  }
  return regions;
}
