import { type DiskTarget, writeAt } from './disk/disk-target.ts';
import type { Block, BlockPool } from './stream/block-pool.ts';
import type { ByteSource } from './stream/byte-source.ts';
import type { HashThread } from './stream/hash-thread.ts';

/** What boots, and what describes the partitions, is written last: a disk without its first MiB never boots. */
export const headBytes = 1024 * 1024;

/** The last two blocks surely contain the backup GPT of the image, also when the last one is a single sector. */
const tailPieces = 2;

/** A block with image data in it and its place on the disk. */
export interface Piece {
  readonly block: Block;
  readonly offset: number;
  /** Bytes of the image in it. */
  readonly length: number;
}

/** The parts of the image that are not on the disk yet; `head` may also be one of the pieces of `tail`. */
export interface HeldBack {
  readonly head: Piece;
  readonly tail: readonly Piece[];
  readonly sizeBytes: number;
  /** Digest of all bytes as served, lower-case hex. */
  readonly digest: string;
}

export interface Stream {
  readonly source: ByteSource;
  /** The first block, already filled (somebody looked at it before the disk was touched). */
  readonly first: Piece;
  readonly target: DiskTarget;
  readonly pool: BlockPool;
  readonly hash: HashThread;
  readonly signal: AbortSignal;
  /** Called with the image bytes on the disk so far. */
  onWritten(bytes: number): void;
}

/** The image needs more room than the disk has; nothing was written beyond its end. */
export class DiskTooSmallError extends Error {
  constructor(target: { readonly path: string; readonly sizeBytes: number }, image: string) {
    super(`${target.path} has ${target.sizeBytes} bytes, the image has ${image}`);
    this.name = 'DiskTooSmallError';
  }
}

/**
 * Reads the source to its end, hashing and writing each block as it comes, except head and tail. No write is under way any
 * more when it returns or throws. Throws what source, hash and target throw, DiskTooSmallError, or the reason of the signal.
 */
export async function streamToDisk(stream: Stream): Promise<HeldBack> {
  const { source, target, pool, signal } = stream;
  signal.throwIfAborted();
  const inFlight = new Set<Promise<void>>();
  let failure: Error | null = null;
  const stop = (reason: Error) => {
    failure ??= reason;
    source.close(reason);
    pool.fail(reason);
  };
  const abort = () => stop(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });

  let written = 0;
  const hashed = new Map<Piece, Promise<void>>();
  const hold = (piece: Piece) => {
    const promise = stream.hash.update(piece.block.bytes.subarray(0, piece.length));
    promise.catch(stop);
    hashed.set(piece, promise);
  };
  const launch = (piece: Piece) => {
    const flight = Promise.all([writeBody(target, piece), hashed.get(piece)])
      .then(() => {
        hashed.delete(piece);
        written += piece.length;
        stream.onWritten(written);
        if (piece.offset > 0) pool.giveBack(piece.block);
      }, stop)
      .finally(() => inFlight.delete(flight));
    inFlight.add(flight);
  };

  try {
    const tail: Piece[] = [];
    let piece: Piece | null = stream.first;
    let sizeBytes = 0;
    while (piece) {
      sizeBytes = piece.offset + piece.length;
      if (sizeBytes > target.sizeBytes) throw new DiskTooSmallError(target, `more (it gave no length beforehand)`);
      hold(piece);
      tail.push(piece);
      if (tail.length > tailPieces) launch(tail.shift() as Piece);
      piece = await nextPiece(stream, piece);
    }
    await Promise.all(inFlight);
    if (failure) throw failure;
    return { head: stream.first, tail, sizeBytes, digest: await stream.hash.digest() };
  } finally {
    signal.removeEventListener('abort', abort);
    await Promise.all(inFlight);
  }
}

async function nextPiece({ source, pool }: Stream, before: Piece): Promise<Piece | null> {
  if (before.length < before.block.bytes.length) return null;
  const block = await pool.take();
  const length = await source.fill(block.bytes);
  if (length > 0) return { block, offset: before.offset + before.length, length };
  pool.giveBack(block);
  return null;
}

/** Writes a piece without the head of the image, the last sector padded with zeros. */
export async function writeBody(target: DiskTarget, piece: Piece): Promise<void> {
  const from = piece.offset === 0 ? headBytes : 0;
  const bytes = wholeSectors(piece, target.sectorBytes).subarray(from);
  if (bytes.length > 0) await writeAt(target, bytes, piece.offset + from);
}

/** The bytes of a piece, filled up with zeros to the end of its last sector. */
export function wholeSectors({ block, length }: Piece, sectorBytes: number): Uint8Array {
  const padded = Math.ceil(length / sectorBytes) * sectorBytes;
  return block.bytes.fill(0, length, padded).subarray(0, padded);
}
