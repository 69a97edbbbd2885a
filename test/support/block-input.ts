import { allocateBlocks, blockBytes } from '../../src/image/stream/block-pool.ts';
import type { BlockStream } from '../../src/image/stream/block-stream.ts';

/** A stream of blocks over bytes in memory, and what happened to it. */
export interface BlockInput extends BlockStream {
  /** Blocks that were given and not released yet. */
  readonly heldBlocks: number;
  /** The most at one time. */
  readonly mostHeldBlocks: number;
  readonly closedWith: readonly (Error | undefined)[];
}

export interface BlockInputOptions {
  /** Sizes of the blocks, taken in turn; default: full blocks. Not even a block of no bytes is against the rules here. */
  readonly sizes?: readonly number[];
  /** Thrown in place of the end. */
  readonly failure?: Error;
  /** How often the bytes come. */
  readonly repeat?: number;
}

/** Scribbles over released blocks, so that whoever still reads them gets wrong bytes. */
export function blockInput(bytes: Uint8Array, options: BlockInputOptions = {}): BlockInput {
  const { sizes = [blockBytes], failure, repeat = 1 } = options;
  const free = allocateBlocks(6).blocks.map((block) => block.bytes);
  const closedWith: (Error | undefined)[] = [];
  let [at, offset, index, round, held, most] = [0, 0, 0, 0, 0, 0];
  let closed: Error | null = null;

  function give(memory: Uint8Array, length: number) {
    memory.set(bytes.subarray(at, at + length));
    const block = { bytes: memory.subarray(0, length), offset, release };
    let isReleased = false;
    function release(): void {
      if (isReleased) throw new Error('released twice');
      isReleased = true;
      held -= 1;
      memory.fill(0xa5, 0, length);
      free.push(memory);
    }
    held += 1;
    most = Math.max(most, held);
    at += length;
    offset += length;
    return block;
  }

  return {
    async next() {
      if (closed) throw closed;
      if (at === bytes.length && round + 1 < repeat) [at, round] = [0, round + 1];
      if (at === bytes.length) {
        if (failure) throw failure;
        return null;
      }
      const size = sizes[index % sizes.length] ?? blockBytes;
      index += 1;
      const memory = free.pop();
      if (!memory) throw new Error('more blocks are held than a stage may');
      return give(memory, Math.min(size, bytes.length - at));
    },
    async close(reason) {
      closedWith.push(reason);
      closed ??= reason ?? new Error('closed');
    },
    get heldBlocks() {
      return held;
    },
    get mostHeldBlocks() {
      return most;
    },
    closedWith,
  };
}

/** All that a stream gives, checked to be of full blocks in order, each released; closes it. */
export async function contentOf(stream: BlockStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let [offset, previous] = [0, blockBytes];
  try {
    for (let block = await stream.next(); block; block = await stream.next()) {
      const { bytes } = block;
      if (block.offset !== offset) throw new Error(`block at ${block.offset}, expected at ${offset}`);
      if (previous !== blockBytes) throw new Error(`a block of ${previous} bytes is not the last`);
      if (!(bytes.buffer instanceof SharedArrayBuffer) || bytes.byteOffset % 4096)
        throw new Error('not aligned memory');
      pieces.push(Buffer.from(bytes));
      offset += bytes.length;
      previous = bytes.length;
      block.release();
    }
  } finally {
    await stream.close();
  }
  return Buffer.concat(pieces);
}
