import { allocateAligned } from '../../storage/device-io/aligned-memory.ts';
import type { ByteRange } from '../../storage/device-io/byte-range.ts';
import type { DiskTarget } from '../../storage/device-io/disk-target.ts';

const mebibyte = 1024 * 1024;

/** A part of the device that is written last, kept in memory until then. */
export interface HeldPart {
  readonly offset: number;
  /** Page-aligned, whole sectors. */
  readonly bytes: Uint8Array;
}

/**
 * The first MiB of the device makes it boot, and the last one holds the backup GPT, which firmware and kernel take when there is
 * no primary one: without both, a disk that is written in part shows nothing. On a device of less than 2 MiB the parts meet.
 */
export interface HeldBack {
  readonly head: HeldPart;
  readonly tail: HeldPart;
}

/** Where the first and the last MiB of a device lie, in whole sectors. */
export function heldRanges({ sizeBytes, sectorBytes }: DiskTarget): Readonly<Record<'head' | 'tail', ByteRange>> {
  const sectors = Math.floor(sizeBytes / sectorBytes);
  const headSectors = Math.min(sectors, mebibyte / sectorBytes);
  const tailSectors = Math.min(sectors - headSectors, mebibyte / sectorBytes);
  return {
    head: { start: 0, end: headSectors * sectorBytes },
    tail: { start: (sectors - tailSectors) * sectorBytes, end: sectors * sectorBytes },
  };
}

/** Memory for them; all zero. */
export function createHeldBack(target: DiskTarget): HeldBack {
  const { head, tail } = heldRanges(target);
  const memory = ({ start, end }: ByteRange): HeldPart => ({ offset: start, bytes: allocateAligned(end - start) });
  return { head: memory(head), tail: memory(tail) };
}

/** Copies what of `bytes` lies in the held parts into them, and gives the rest, which may go to the device at once. */
export function keepHeld(held: HeldBack, bytes: Uint8Array, offset: number): HeldPart {
  for (const { part, at } of overlaps(held, offset, bytes.length)) part.set(bytes.subarray(at, at + part.length));
  return between(held, bytes, offset);
}

/** Fills what of `bytes` lies in the held parts from them, and gives the rest, which has to be read from the device. */
export function takeHeld(held: HeldBack, bytes: Uint8Array, offset: number): HeldPart {
  for (const { part, at } of overlaps(held, offset, bytes.length)) bytes.set(part, at);
  return between(held, bytes, offset);
}

/** Zeroes what of a range lies in the held parts. */
export function zeroHeld(held: HeldBack, offset: number, length: number): void {
  for (const { part } of overlaps(held, offset, length)) part.fill(0);
}

/** What lies neither in the head nor in the tail. */
function between({ head, tail }: HeldBack, bytes: Uint8Array, offset: number): HeldPart {
  const start = Math.min(bytes.length, Math.max(0, head.bytes.length - offset));
  const end = Math.max(start, Math.min(bytes.length, tail.offset - offset));
  return { offset: offset + start, bytes: bytes.subarray(start, end) };
}

/** What of a range lies in the held parts: their bytes, and where these begin in the range. */
function overlaps({ head, tail }: HeldBack, offset: number, length: number) {
  return [head, tail].flatMap((held) => {
    const start = Math.max(offset, held.offset);
    const end = Math.min(offset + length, held.offset + held.bytes.length);
    if (start >= end) return [];
    return [{ part: held.bytes.subarray(start - held.offset, end - held.offset), at: start - offset }];
  });
}
