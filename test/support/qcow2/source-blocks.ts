import type { BlockStream } from '../../../src/image/stream/block-stream.ts';

export interface SourceBlocks extends BlockStream {
  readonly heldBlocks: number;
}

/** The bytes from `from` on in blocks of shared memory; a block that was released is scribbled over. */
export function sourceBlocks(bytes: Uint8Array, blockBytes: number, from = 0): SourceBlocks {
  let at = from;
  let held = 0;
  let closed: Error | null = null;
  return {
    get heldBlocks() {
      return held;
    },
    async next() {
      if (closed) throw closed;
      if (at >= bytes.length) return null;
      const memory = new Uint8Array(new SharedArrayBuffer(Math.min(blockBytes, bytes.length - at)));
      memory.set(bytes.subarray(at, at + memory.length));
      const offset = at;
      at += memory.length;
      held += 1;
      let isReleased = false;
      return {
        bytes: memory,
        offset,
        release() {
          if (isReleased) throw new Error('released twice');
          isReleased = true;
          held -= 1;
          memory.fill(0xa5);
        },
      };
    },
    async close(reason = new Error('closed')) {
      closed ??= reason;
    },
  };
}
