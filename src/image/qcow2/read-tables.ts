import type { ImageObject } from '../stream/image-object.ts';
import { joinedGapBytes, joinedReadBytes, parallelReads } from './limits.ts';

/** Tables that one request brings. */
interface Batch {
  readonly first: number;
  readonly offset: number;
  /** Index behind the last table, and the byte behind it. */
  next: number;
  end: number;
}

/**
 * Reads tables of `tableBytes` each, neighbours with one request and few requests at once. Gives each to `onTable` as it comes,
 * in no certain order; its memory is valid only during the call. `offsets` ascend.
 */
export async function readTables(
  object: ImageObject,
  offsets: Float64Array,
  tableBytes: number,
  onTable: (index: number, bytes: Uint8Array) => void,
): Promise<void> {
  const batches = joined(offsets, tableBytes).values();
  async function readSome(): Promise<void> {
    for (const { first, next, offset, end } of batches) {
      const bytes = await object.readAt(offset, end - offset);
      for (let index = first; index < next; index += 1) {
        const at = (offsets[index] ?? 0) - offset;
        onTable(index, bytes.subarray(at, at + tableBytes));
      }
    }
  }
  await Promise.all(Array.from({ length: parallelReads }, readSome));
}

function joined(offsets: Float64Array, tableBytes: number): Batch[] {
  const batches: Batch[] = [];
  offsets.forEach((offset, index) => {
    const last = batches.at(-1);
    const end = offset + tableBytes;
    if (last && offset - last.end <= joinedGapBytes && end - last.offset <= joinedReadBytes) {
      last.next = index + 1;
      last.end = end;
    } else {
      batches.push({ first: index, offset, next: index + 1, end });
    }
  });
  return batches;
}
