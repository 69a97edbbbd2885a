import type { StreamBlock } from '../stream/block-stream.ts';

/** What a stage has made and nobody took yet, in order; the end and a failure have their place in the order too. */
export interface Arrivals {
  add(block: StreamBlock): void;
  end(): void;
  /** Comes after the blocks before it; later calls of anything but `close` change nothing. */
  fail(error: unknown): void;
  /** Waits for the next block, null at the end; throws the failure. Both stay. */
  take(): Promise<StreamBlock | null>;
  /** Releases the blocks that nobody took; from now on `take` rejects with the reason. */
  close(reason: Error): void;
}

/** Nothing has come yet. */
export function createArrivals(): Arrivals {
  let blocks: StreamBlock[] = [];
  let final: (() => Promise<null>) | null = null;
  let waiter: PromiseWithResolvers<StreamBlock | null> | null = null;

  function finish(outcome: () => Promise<null>): void {
    final ??= outcome;
    waiter?.resolve(final());
    waiter = null;
  }

  return {
    add(block) {
      if (final) return block.release();
      if (!waiter) blocks.push(block);
      else waiter.resolve(block);
      waiter = null;
    },
    end: () => finish(() => Promise.resolve(null)),
    fail: (error) => finish(() => Promise.reject(error)),
    take() {
      const block = blocks.shift();
      if (block) return Promise.resolve(block);
      if (final) return final();
      waiter = Promise.withResolvers();
      return waiter.promise;
    },
    close(reason) {
      final = () => Promise.reject(reason);
      finish(final);
      for (const block of blocks) block.release();
      blocks = [];
    },
  };
}
