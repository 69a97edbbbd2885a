import { type BlockMemory, createBlockPool } from './block-pool.ts';
import type { BlockStream, StreamBlock } from './block-stream.ts';
import type { ByteSource } from './byte-source.ts';
import type { HashThread } from './hash-thread.ts';

export interface ServedBlocksOptions {
  readonly source: ByteSource;
  /** Place of the first byte that `source` gives, in the object. */
  readonly from: number;
  /** null where the bytes have been hashed before (a spool file). */
  readonly hash: HashThread | null;
  readonly memory: BlockMemory;
}

/**
 * The bytes as they are served, each block being hashed as soon as it is there: the hash works while the block is already used,
 * and the memory is free again when both are done.
 */
export function servedBlocks({ source, from, hash, memory }: ServedBlocksOptions): BlockStream {
  const pool = createBlockPool(memory.blocks);
  const hashing = new Set<Promise<void>>();
  let offset = from;
  let ended = false;
  let closedFor: Error | null = null;

  function fail(reason: Error): void {
    pool.fail(reason);
    source.close(reason);
  }

  function hashed(bytes: Uint8Array): Promise<void> {
    if (hash === null) return Promise.resolve();
    const done = hash.update(bytes);
    const tracked = done.catch(fail).finally(() => hashing.delete(tracked));
    hashing.add(tracked);
    return done;
  }

  return {
    async next(): Promise<StreamBlock | null> {
      // A stream that was given up must not look like one that is over.
      if (closedFor) throw closedFor;
      if (ended) return null;
      const block = await pool.take();
      const length = await source.fill(block.bytes);
      ended = length < block.bytes.length;
      if (length === 0) {
        pool.giveBack(block);
        return null;
      }
      const bytes = block.bytes.subarray(0, length);
      const inHash = hashed(bytes);
      const place = offset;
      offset += length;
      const free = (): void => pool.giveBack(block);
      return { bytes, offset: place, release: () => void inHash.then(free, () => undefined) };
    },
    async close(reason = new Error('the stream was closed')) {
      closedFor ??= reason;
      fail(reason);
      await Promise.all(hashing);
    },
  };
}

/** The same stream with a block before it that somebody has taken to look at. */
export function prepend(first: StreamBlock | null, rest: BlockStream): BlockStream {
  let waiting = first;
  return {
    async next() {
      const block = waiting;
      waiting = null;
      return block ?? rest.next();
    },
    close: (reason) => rest.close(reason),
  };
}
