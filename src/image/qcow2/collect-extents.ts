import { type Extents, isCompressedLength, maxRunBytes, packLength } from './extents.ts';
import { InvalidQcow2Error } from './invalid-qcow2-error.ts';
import { maxExtents } from './limits.ts';
import { sortOrder } from './sort-order.ts';

/** Takes the pieces of the map as the tables give them, and makes Extents of them. */
export interface ExtentCollector {
  /** Bytes that are in the image as the guest reads them. Throws InvalidQcow2Error where it becomes too many. */
  addData(sourceOffset: number, guestOffset: number, length: number): void;
  addCompressed(sourceOffset: number, guestOffset: number, length: number): void;
  finish(): Extents;
}

/** Holds nothing yet; its memory doubles as it fills, up to the limit for a map. */
export function createExtentCollector(): ExtentCollector {
  let capacity = 1024;
  let sourceOffsets = new Float64Array(capacity);
  let guestOffsets = new Float64Array(capacity);
  let lengths = new Uint32Array(capacity);
  let count = 0;

  function push(sourceOffset: number, guestOffset: number, packedLength: number): void {
    if (count === capacity) grow();
    sourceOffsets[count] = sourceOffset;
    guestOffsets[count] = guestOffset;
    lengths[count] = packedLength;
    count += 1;
  }

  function grow(): void {
    if (capacity === maxExtents) throw new InvalidQcow2Error(`is in more than ${maxExtents} pieces`);
    capacity *= 2;
    sourceOffsets = grown(sourceOffsets, new Float64Array(capacity));
    guestOffsets = grown(guestOffsets, new Float64Array(capacity));
    lengths = grown(lengths, new Uint32Array(capacity));
  }

  return {
    addData(sourceOffset, guestOffset, length) {
      const last = count - 1;
      const lastLength = lengths[last] ?? 0;
      const isNext =
        last >= 0 &&
        !isCompressedLength(lastLength) &&
        (sourceOffsets[last] ?? 0) + lastLength === sourceOffset &&
        (guestOffsets[last] ?? 0) + lastLength === guestOffset;
      if (isNext && lastLength + length <= maxRunBytes) lengths[last] = lastLength + length;
      else push(sourceOffset, guestOffset, length);
    },
    addCompressed(sourceOffset, guestOffset, length) {
      push(sourceOffset, guestOffset, packLength(length, true));
    },
    finish() {
      const order = sortOrder(sourceOffsets.subarray(0, count));
      return {
        count,
        sourceOffsets: inOrder(sourceOffsets, order, Float64Array),
        guestOffsets: inOrder(guestOffsets, order, Float64Array),
        lengths: inOrder(lengths, order, Uint32Array),
      };
    },
  };
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function inOrder<T extends Float64Array | Uint32Array>(
  from: T,
  order: Uint32Array,
  kind: new (length: number) => T,
): T {
  const to = new kind(order.length);
  for (let index = 0; index < order.length; index += 1) to[index] = from[order[index] ?? 0] ?? 0;
  return to;
}
