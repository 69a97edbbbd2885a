import type { ImageObject } from '../../../src/image/stream/image-object.ts';

export interface MemoryObject extends ImageObject {
  /** Each `readAt` so far. */
  readonly reads: readonly { readonly offset: number; readonly length: number }[];
}

/** An image in memory that is read as one on a server is. */
export function memoryObject(bytes: Uint8Array): MemoryObject {
  const reads: { offset: number; length: number }[] = [];
  return {
    sizeBytes: bytes.length,
    validator: null,
    hasRandomAccess: true,
    fetchedBytes: 0,
    reads,
    async readAt(offset, length) {
      reads.push({ offset, length });
      if (offset + length > bytes.length) throw new Error(`read of ${offset}+${length} of ${bytes.length}`);
      return Uint8Array.from(bytes.subarray(offset, offset + length));
    },
    readFrom: () => Promise.reject(new Error('not here')),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
