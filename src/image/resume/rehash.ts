import type { DiskWriter } from '../disk/disk-writer.ts';
import type { ReplaySegment } from '../qcow2/replay.ts';
import { type BlockMemory, blockBytes, createBlockPool } from '../stream/block-pool.ts';
import type { HashThread } from '../stream/hash-thread.ts';
import type { ImageObject } from '../stream/image-object.ts';

export interface Rehash {
  /** In source order, without a gap from byte 0 on. */
  readonly segments: Iterable<ReplaySegment>;
  readonly writer: DiskWriter;
  readonly object: ImageObject;
  readonly hash: HashThread;
  readonly memory: BlockMemory;
  readonly signal: AbortSignal;
  /** Called with the source bytes that are hashed again. */
  onProgress(done: number): void;
}

/**
 * Brings a new hash to where the dead one was: Node's cannot be saved. The bytes are read back from the device, past the page
 * cache, which also proves that they are there: the digest of the whole is right only if they are.
 */
export async function rehash(run: Rehash): Promise<void> {
  const pool = createBlockPool(run.memory.blocks);
  const pending = new Set<Promise<void>>();
  let failure: Error | null = null;
  let done = 0;
  try {
    for (const piece of pieces(run.segments)) {
      run.signal.throwIfAborted();
      const block = await pool.take();
      const bytes = block.bytes.subarray(0, piece.length);
      await fill(bytes, piece, run);
      const hashed = run.hash
        .update(bytes)
        .then(
          () => {
            done += bytes.length;
            run.onProgress(done);
            pool.giveBack(block);
          },
          (error: Error) => {
            failure ??= error;
            pool.fail(error);
          },
        )
        .finally(() => pending.delete(hashed));
      pending.add(hashed);
    }
  } finally {
    await Promise.all(pending);
  }
  if (failure) throw failure;
}

/** Cut to blocks. */
function* pieces(segments: Iterable<ReplaySegment>): Generator<ReplaySegment> {
  for (const segment of segments) {
    for (let at = 0; at < segment.length; at += blockBytes) {
      const length = Math.min(blockBytes, segment.length - at);
      yield segment.kind === 'device'
        ? { kind: 'device', guestOffset: segment.guestOffset + at, length }
        : { kind: 'source', offset: segment.offset + at, length };
    }
  }
}

async function fill(bytes: Uint8Array, piece: ReplaySegment, { object, writer }: Rehash): Promise<void> {
  if (piece.kind === 'source') {
    bytes.set(await object.readAt(piece.offset, piece.length));
    return;
  }
  await writer.read(bytes, piece.guestOffset);
}
