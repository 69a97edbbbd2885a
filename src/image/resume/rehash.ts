import type { BlockMemory } from '../stream/block-pool.ts';
import type { HashThread } from '../stream/hash-thread.ts';
import { servedBlocks } from '../stream/served-blocks.ts';
import { type Replay, replaySource } from './replay-source.ts';

export interface Rehash extends Omit<Replay, 'rest'> {
  readonly hash: HashThread;
  readonly memory: BlockMemory;
  readonly signal: AbortSignal;
  /** Called with the source bytes that were read again. */
  onProgress(done: number): void;
}

/**
 * Brings a new hash to where the dead one was: Node's cannot be saved. The bytes are read back from the device, past the page
 * cache, which also proves that they are there: the digest of the whole is right only if they are. Throws DeviceReadError, what
 * the object throws, and the reason of the signal.
 */
export async function rehash({ hash, memory, signal, onProgress, ...replay }: Rehash): Promise<void> {
  const blocks = servedBlocks({ source: replaySource({ ...replay, rest: null }), from: 0, hash, memory });
  try {
    for (let block = await blocks.next(); block; block = await blocks.next()) {
      signal.throwIfAborted();
      onProgress(block.offset + block.bytes.length);
      block.release();
    }
  } finally {
    await blocks.close();
  }
}
