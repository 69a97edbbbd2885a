import type { ByteRange } from '../../device-io/byte-range.ts';

const sectorBytes = 512;
const MiB = 1024 * 1024;
/** What a former owner wrote must not make an erase of metadata last for hours. */
const mostAreaBytes = 256 * MiB;

/** How many bytes of the beginning of a region `placesInHead` looks at. */
export const headBytes = 8 * 1024;
/** The same of the end and `placesInTail`. */
export const tailBytes = sectorBytes;

/** Places that superblocks at the beginning of a region point to, counted from the beginning of the region. */
export function placesInHead(head: Buffer): readonly ByteRange[] {
  return [...lvmAreas(head), ...bcacheJournal(head)];
}

/** Metadata areas of an LVM physical volume: label in one of the first four sectors (LVM2, lib/format_text/layout.h). */
function lvmAreas(head: Buffer): readonly ByteRange[] {
  const labels = [0, 1, 2, 3].filter((sector) => isAt(head, sector * sectorBytes, 'LABELONE'));
  return labels.flatMap((sector) => {
    const label = sector * sectorBytes;
    const header = label + head.readUInt32LE(label + 20);
    const [, end] = areasAt(head, header + 40);
    return areasAt(head, end)[0];
  });
}

/** A list of offset and size that ends with zeros, and where it ends; what leads out of the head ends it too. */
function areasAt(head: Buffer, from: number): readonly [areas: readonly ByteRange[], end: number] {
  const areas: ByteRange[] = [];
  let at = from;
  for (; at + 16 <= head.length; at += 16) {
    const start = Number(head.readBigUInt64LE(at));
    const size = Number(head.readBigUInt64LE(at + 8));
    if (start === 0 && size === 0) break;
    areas.push({ start, end: start + Math.min(size, mostAreaBytes) });
  }
  return [areas, at + 16];
}

const bcacheMagic = Buffer.from('c68573f64e1a45ca8265f57f48ba6d81', 'hex');
const bcacheSuperblock = 4096;
/** Superblock versions of cache devices; the others are of backing devices, which have no journal. */
const cacheVersions = [0n, 3n, 5n];
const mostJournalBuckets = 256;

/** The beginning of each journal bucket of a bcache cache device (include/uapi/linux/bcache.h, struct cache_sb). */
function bcacheJournal(head: Buffer): readonly ByteRange[] {
  const superblock = head.subarray(bcacheSuperblock);
  if (!superblock.subarray(24, 40).equals(bcacheMagic)) return [];
  if (!cacheVersions.includes(superblock.readBigUInt64LE(16))) return [];
  const bucketBytes = superblock.readUInt16LE(194) * sectorBytes;
  const count = Math.min(superblock.readUInt16LE(206), mostJournalBuckets);
  return Array.from({ length: count }, (_, i) => {
    const start = Number(superblock.readBigUInt64LE(208 + i * 8)) * bucketBytes;
    return { start, end: start + Math.min(bucketBytes, MiB) };
  });
}

const ddfMagic = 0xde11de11;
/** SNIA DDF 2.0: the space reserved at the end of a disk is 32 MiB or a little more. */
const mostDdfBytes = 64 * MiB;

/** The space that a DDF anchor in the last sector tells of (SNIA Common RAID Disk Data Format 2.0, section 5.5). */
export function placesInTail(tail: Buffer, sizeBytes: number): readonly ByteRange[] {
  if (tail.length < tailBytes || tail.readUInt32BE(0) !== ddfMagic) return [];
  const headers = [96, 104].map((at) => Number(tail.readBigUInt64BE(at)) * sectorBytes);
  const inReach = headers.filter((start) => start < sizeBytes && start >= sizeBytes - mostDdfBytes);
  return inReach.map((start) => ({ start, end: sizeBytes }));
}

function isAt(bytes: Buffer, offset: number, text: string): boolean {
  return bytes.toString('latin1', offset, offset + text.length) === text;
}
