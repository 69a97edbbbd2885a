import type { BlockStream, StreamBlock } from '../stream/block-stream.ts';

/** One being read by the decoder, one ready, so that it never waits for the round trip. */
const heldLimit = 2;

/** Where the input goes. */
export interface FeedTarget {
  block(block: StreamBlock): void;
  end(): void;
  /** Gets what the input threw, unchanged. */
  fail(error: unknown): void;
}

/** Pulls the input of a decompressor, a little ahead of what it uses, and releases each block as soon as it is used. */
export interface InputFeed {
  start(): void;
  /** The oldest block is used. */
  consumed(): void;
  /** Nobody uses the blocks any more: releases them, closes the input, ends when the feed stands still. */
  close(reason: Error): Promise<void>;
}

/** Reads nothing before `start`. */
export function createInputFeed(input: BlockStream, target: FeedTarget): InputFeed {
  let held: StreamBlock[] = [];
  let isClosed = false;
  let running: Promise<void> = Promise.resolve();
  let wake: () => void = () => undefined;

  async function hasRoom(): Promise<boolean> {
    while (held.length >= heldLimit && !isClosed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
    return !isClosed;
  }

  async function pull(): Promise<void> {
    while (await hasRoom()) {
      const block = await input.next();
      if (isClosed) return block?.release();
      if (!block) return target.end();
      held.push(block);
      target.block(block);
    }
  }

  return {
    start() {
      running = pull().catch((error: unknown) => {
        if (!isClosed) target.fail(error);
      });
    },
    consumed() {
      held.shift()?.release();
      wake();
    },
    async close(reason) {
      isClosed = true;
      for (const block of held) block.release();
      held = [];
      wake();
      await input.close(reason);
      await running;
    },
  };
}
