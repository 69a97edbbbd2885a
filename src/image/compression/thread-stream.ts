import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { allocateBlocks } from '../stream/block-pool.ts';
import type { BlockStream, StreamBlock } from '../stream/block-stream.ts';
import { createArrivals } from './arrivals.ts';
import type { DecompressReply, DecompressTask, DecompressThreadData, NativeKind } from './decompress-thread-main.ts';
import { DecompressionError } from './decompression-error.ts';
import { createInputFeed } from './input-feed.ts';

/** One with the consumer, one that waits for it, one being filled, one in reserve. */
const outputCount = 4;

/** Found by the extension of this file, as the hash thread is: `.ts` in the source tree, `.js` or `.mjs` in a bundle. */
const entry = new URL(`./decompress-thread-main${extname(import.meta.filename)}`, import.meta.url);

/** The thread makes no garbage to speak of; what the decoders themselves take is outside of the heap. */
const threadLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };

/**
 * Decodes on a thread of its own, which reads the blocks of the input and writes ours, all in shared memory: no byte is copied
 * and the main loop only passes messages, two for each block. The thread runs ahead until no block is free.
 */
export function decompressOnThread(kind: NativeKind, input: BlockStream): BlockStream {
  const workerData: DecompressThreadData = { kind };
  const worker = new Worker(entry, { workerData, name: `image-${kind}`, execArgv: [], resourceLimits: threadLimits });
  const arrivals = createArrivals();
  /** Blocks that the thread fills, in this order. */
  const outputs: Uint8Array[] = [];
  let decompressedBytes = 0;
  let isOver = false;

  const post = (task: DecompressTask): void => {
    if (!isOver) worker.postMessage(task);
  };

  function offer(output: Uint8Array): void {
    outputs.push(output);
    post({ output });
  }

  function arrived(length: number): void {
    const output = outputs.shift();
    if (!output || length === 0) return;
    const block = blockOf(output, length, decompressedBytes, offer);
    decompressedBytes += length;
    arrivals.add(block);
  }

  /** The thread has nothing to do any more; whoever waits for its end gets it from `close`. */
  function stop(): Promise<number> {
    isOver = true;
    return worker.terminate();
  }

  function fail(error: unknown): void {
    arrivals.fail(error);
    void stop();
  }

  const feed = createInputFeed(input, {
    block: ({ bytes }) => post({ input: bytes }),
    end: () => post('end'),
    fail,
  });

  worker.on('message', (reply: DecompressReply) => {
    if (isOver) return;
    if (reply.kind === 'consumed') feed.consumed();
    else if (reply.kind === 'problem') fail(new DecompressionError(kind, reply.problem, reply, { cause: reply.cause }));
    else {
      arrived(reply.length);
      if (reply.kind === 'filled') return;
      arrivals.end();
      void stop();
    }
  });
  worker.on('error', fail);
  worker.on('exit', (code) => arrivals.fail(new Error(`the ${kind} thread ended with code ${code}`)));
  for (const { bytes } of allocateBlocks(outputCount).blocks) offer(bytes);
  feed.start();

  return {
    next: () => arrivals.take(),
    async close(reason = new Error(`the ${kind} stream was closed`)) {
      arrivals.close(reason);
      await stop();
      await feed.close(reason);
    },
  };
}

function blockOf(memory: Uint8Array, length: number, offset: number, giveBack: (m: Uint8Array) => void): StreamBlock {
  let isReleased = false;
  return {
    bytes: memory.subarray(0, length),
    offset,
    release() {
      if (isReleased) return;
      isReleased = true;
      giveBack(memory);
    },
  };
}
