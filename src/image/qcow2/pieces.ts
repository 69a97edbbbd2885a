import type { Mark } from '../../storage/device-io/settled-marks.ts';
import { type Extent, type Extents, extentAt, firstEndingAfter } from './extents.ts';
import type { Qcow2Plan } from './plan.ts';

/** Bytes of the guest as they are, in the memory of the block. */
export interface DataPiece {
  readonly kind: 'data';
  readonly bytes: Uint8Array;
  readonly guestOffset: number;
}

/** A compressed cluster that is there as a whole: in the memory of the block, or put together in memory of its own. */
export interface CompressedPiece {
  readonly kind: 'compressed';
  readonly bytes: Uint8Array;
  readonly guestOffset: number;
  readonly sourceOffset: number;
  /** Of the block in which it begins; its `done` is to be called when the cluster is on the sink. */
  readonly mark: Mark;
}

export interface Pieces {
  /** What the next block of the source holds, in order. Compressed clusters hold their mark already. */
  of(bytes: Uint8Array, offset: number, mark: Mark): Iterable<DataPiece | CompressedPiece>;
}

/** A compressed cluster of which the begin is there. */
interface Unfinished extends CompressedPiece {
  have: number;
}

/**
 * Cuts the blocks of a source that is read from `from` on. A compressed cluster belongs to where it begins: one that begins
 * before `from` was decoded by the run before.
 */
export function createPieces({ extents }: Qcow2Plan, from: number): Pieces {
  let index = firstEndingAfter(extents, from);
  while (startsBefore(extents, index, from) && extentAt(extents, index).isCompressed) index += 1;
  let unfinished: Unfinished[] = [];

  function* completed(bytes: Uint8Array): Generator<CompressedPiece> {
    for (const cluster of unfinished) {
      const missing = cluster.bytes.length - cluster.have;
      const part = bytes.subarray(0, missing);
      cluster.bytes.set(part, cluster.have);
      cluster.have += part.length;
      if (part.length === missing) yield cluster;
    }
    unfinished = unfinished.filter(({ bytes: all, have }) => have < all.length);
  }

  /** null where the rest of a compressed cluster is in the next block. */
  function pieceOf(extent: Extent, bytes: Uint8Array, offset: number, mark: Mark): DataPiece | CompressedPiece | null {
    const { sourceOffset, guestOffset, length, isCompressed } = extent;
    const start = Math.max(sourceOffset, offset);
    const part = bytes.subarray(start - offset, sourceOffset + length - offset);
    if (!isCompressed) return { kind: 'data', bytes: part, guestOffset: guestOffset + start - sourceOffset };
    mark.hold();
    const cluster = { kind: 'compressed', guestOffset, sourceOffset, mark } as const;
    if (part.length === length) return { ...cluster, bytes: part };
    unfinished.push({ ...cluster, bytes: begun(part, length), have: part.length });
    return null;
  }

  function* of(bytes: Uint8Array, offset: number, mark: Mark): Generator<DataPiece | CompressedPiece> {
    yield* completed(bytes);
    const end = offset + bytes.length;
    while (startsBefore(extents, index, end)) {
      const extent = extentAt(extents, index);
      const piece = pieceOf(extent, bytes, offset, mark);
      if (piece) yield piece;
      if (!extent.isCompressed && extent.sourceOffset + extent.length > end) return;
      index += 1;
    }
  }

  return { of };
}

function startsBefore({ count, sourceOffsets }: Extents, index: number, offset: number): boolean {
  return index < count && (sourceOffsets[index] ?? 0) < offset;
}

/** Shared, for a thread reads it. */
function begun(part: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  bytes.set(part);
  return bytes;
}
