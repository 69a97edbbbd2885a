import { allocateAligned } from '../../storage/aligned-memory.ts';
import type { DiskTarget } from './disk-target.ts';

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

/** Memory for the first and the last MiB of a disk, in whole sectors; all zero. */
export function createHeldBack({ sizeBytes, sectorBytes }: DiskTarget): HeldBack {
  const sectors = Math.floor(sizeBytes / sectorBytes);
  const headSectors = Math.min(sectors, mebibyte / sectorBytes);
  const tailSectors = Math.min(sectors - headSectors, mebibyte / sectorBytes);
  return {
    head: { offset: 0, bytes: allocateAligned(headSectors * sectorBytes) },
    tail: { offset: (sectors - tailSectors) * sectorBytes, bytes: allocateAligned(tailSectors * sectorBytes) },
  };
}

/** Copies what of `bytes` lies in the held parts into them, and gives the rest, which may go to the device at once. */
export function keepHeld(held: HeldBack, bytes: Uint8Array, offset: number): HeldPart {
  for (const { part, inBytes } of overlaps(held, bytes, offset)) part.set(inBytes);
  return between(held, bytes, offset);
}

/** Fills what of `bytes` lies in the held parts from them, and gives the rest, which has to be read from the device. */
export function takeHeld(held: HeldBack, bytes: Uint8Array, offset: number): HeldPart {
  for (const { part, inBytes } of overlaps(held, bytes, offset)) inBytes.set(part);
  return between(held, bytes, offset);
}

/** Zeroes what of a range lies in the held parts. */
export function zeroHeld({ head, tail }: HeldBack, offset: number, length: number): void {
  for (const held of [head, tail]) {
    const start = Math.max(0, offset - held.offset);
    const end = Math.min(held.bytes.length, offset + length - held.offset);
    if (start < end) held.bytes.fill(0, start, end);
  }
}

/** What lies neither in the head nor in the tail. */
function between({ head, tail }: HeldBack, bytes: Uint8Array, offset: number): HeldPart {
  const start = Math.min(bytes.length, Math.max(0, head.bytes.length - offset));
  const end = Math.max(start, Math.min(bytes.length, tail.offset - offset));
  return { offset: offset + start, bytes: bytes.subarray(start, end) };
}

/** The same places in a held part and in `bytes`. */
function overlaps({ head, tail }: HeldBack, bytes: Uint8Array, offset: number) {
  return [head, tail].flatMap((held) => {
    const start = Math.max(offset, held.offset);
    const end = Math.min(offset + bytes.length, held.offset + held.bytes.length);
    if (start >= end) return [];
    return [
      {
        part: held.bytes.subarray(start - held.offset, end - held.offset),
        inBytes: bytes.subarray(start - offset, end - offset),
      },
    ];
  });
}
