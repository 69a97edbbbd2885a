/**
 * The map of an image in the order of the source, one entry for each run of bytes that is contiguous in the image and for the
 * guest, or for each compressed cluster. Typed arrays, 20 bytes an entry: a 64 GiB image with every cluster of 64 KiB out of
 * order takes 20 MiB.
 */
export interface Extents {
  readonly count: number;
  /** Of each entry, the place in the source in bytes; ascending. */
  readonly sourceOffsets: Float64Array;
  readonly guestOffsets: Float64Array;
  /** Bytes in the source; with `compressedFlag` for a compressed cluster, where the last bytes may belong to the next one. */
  readonly lengths: Uint32Array;
}

const compressedFlag = 0x8000_0000;

/** Longer runs are cut. */
export const maxRunBytes = 2 ** 30;

/** One entry as an object, for where there are few. */
export interface Extent {
  readonly sourceOffset: number;
  readonly guestOffset: number;
  /** Bytes in the source. */
  readonly length: number;
  readonly isCompressed: boolean;
}

/** One entry, unpacked. */
export function extentAt(extents: Extents, index: number): Extent {
  const packed = extents.lengths[index] ?? 0;
  return {
    sourceOffset: extents.sourceOffsets[index] ?? 0,
    guestOffset: extents.guestOffsets[index] ?? 0,
    length: unpackLength(packed),
    isCompressed: isCompressedLength(packed),
  };
}

/** Index of the first entry that ends behind `offset`; `count` where there is none. Ends ascend as starts do. */
export function firstEndingAfter(extents: Extents, offset: number): number {
  let [low, high] = [0, extents.count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const end = (extents.sourceOffsets[middle] ?? 0) + unpackLength(extents.lengths[middle] ?? 0);
    if (end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Length in bytes and whether it is compressed, in one number of 32 bits. */
export function packLength(length: number, isCompressed: boolean): number {
  return isCompressed ? length + compressedFlag : length;
}

/** The length in bytes. */
export function unpackLength(packed: number): number {
  return packed % compressedFlag;
}

/** Whether it is that of a compressed cluster. */
export function isCompressedLength(packed: number): boolean {
  return packed >= compressedFlag;
}
