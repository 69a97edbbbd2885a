import { allocateSharedAligned } from '../../storage/device-io/aligned-memory.ts';

/** Size of the pieces in which an image travels: 4 MiB gives O_DIRECT its full speed. */
export const blockBytes = 4 * 1024 * 1024;

/** A block of memory that O_DIRECT accepts (aligned to pages) and that a hash thread can see. */
export interface Block {
  readonly bytes: Uint8Array;
}

/** The only memory that image data ever occupies, whatever the size of the image. */
export interface BlockMemory {
  readonly buffer: SharedArrayBuffer;
  readonly blocks: readonly Block[];
}

/** Shared, so that no byte is copied on its way to the hash thread. */
export function allocateBlocks(count: number): BlockMemory {
  const buffer = allocateSharedAligned(count * blockBytes);
  const blocks = Array.from({ length: count }, (_, index) => ({
    bytes: new Uint8Array(buffer, index * blockBytes, blockBytes),
  }));
  return { buffer, blocks };
}

/** Blocks that are free; the wait for one is the back-pressure of the whole path. */
export interface BlockPool {
  /** Waits for a free block; rejects once `fail` was called. */
  take(): Promise<Block>;
  giveBack(block: Block): void;
  fail(reason: Error): void;
}

export function createBlockPool(blocks: readonly Block[]): BlockPool {
  const free = [...blocks];
  const waiters: PromiseWithResolvers<Block>[] = [];
  let failure: Error | null = null;
  return {
    async take() {
      if (failure) throw failure;
      const block = free.pop();
      if (block) return block;
      const waiter = Promise.withResolvers<Block>();
      waiters.push(waiter);
      return waiter.promise;
    },
    giveBack(block) {
      const waiter = waiters.shift();
      if (waiter) waiter.resolve(block);
      else free.push(block);
    },
    fail(reason) {
      failure ??= reason;
      for (const waiter of waiters.splice(0)) waiter.reject(failure);
    },
  };
}
