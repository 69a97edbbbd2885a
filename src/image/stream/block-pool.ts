/** Size of the pieces in which an image travels: 4 MiB gives O_DIRECT its full speed. */
export const blockBytes = 4 * 1024 * 1024;

/** One to hold the head back, two to hold the tail back, one being filled, the rest being hashed and written. */
const blockCount = 9;

const wasmPageBytes = 64 * 1024;

/** Of the types that TypeScript has for WebAssembly only in its browser library: the part that is used here. */
declare const WebAssembly: {
  readonly Memory: new (size: {
    initial: number;
    maximum: number;
    shared: true;
  }) => { readonly buffer: SharedArrayBuffer };
};

/** A block of memory that O_DIRECT accepts (aligned to pages) and that a hash thread can see. */
export interface Block {
  readonly bytes: Uint8Array;
}

/** The only memory that image data ever occupies, whatever the size of the image. */
export interface BlockMemory {
  readonly buffer: SharedArrayBuffer;
  readonly blocks: readonly Block[];
}

/**
 * WebAssembly memory is the one allocation of plain Node that always starts on a page boundary; shared, so that no byte is
 * copied on its way to the hash thread.
 */
export function allocateBlocks(count = blockCount): BlockMemory {
  const pages = (count * blockBytes) / wasmPageBytes;
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
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
