import type { BlockStream, StreamBlock } from '../stream/block-stream.ts';
import { DiskTooSmallError } from './disk-too-small-error.ts';
import type { DiskWriter } from './disk-writer.ts';

export interface RawWrite {
  readonly blocks: BlockStream;
  readonly writer: DiskWriter;
  /** Size of the image where it is known. */
  readonly sizeBytes: number | null;
  readonly signal: AbortSignal;
  /** Place of the first byte that `blocks` give: a resumed run may have nothing left to write. Default: 0. */
  readonly from?: number;
  /** Told of the offset before which everything is on the device or held back; grows. */
  onSettled(offset: number): void;
}

/**
 * Writes a stream to the same place on the disk, several blocks at a time. No write is under way any more when it returns or
 * throws. Gives the size of the image. Throws what the stages and the disk throw, DiskTooSmallError, the reason of the signal.
 */
export async function writeRaw({ blocks, writer, sizeBytes, signal, from = 0, onSettled }: RawWrite): Promise<number> {
  const { sectorBytes } = writer.target;
  const inFlight = new Map<number, Promise<void>>();
  let end = from;
  let failure: Error | null = null;
  const stop = (reason: Error): void => {
    failure ??= reason;
    void blocks.close(reason);
  };
  const abort = (): void => stop(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });

  async function launch(block: StreamBlock): Promise<void> {
    const bytes = wholeSectors(block, sectorBytes);
    await writer.zeroAhead(bytes, block.offset, sizeBytes ?? writer.sizeBytes);
    // Only now: while the zeros were made, others may have told how far they are.
    end = block.offset + block.bytes.length;
    const flight = writer
      .write(bytes, block.offset)
      .then(() => {
        block.release();
        inFlight.delete(block.offset);
        if (!failure) onSettled(Math.min(end, ...inFlight.keys()));
      })
      .catch(stop);
    inFlight.set(block.offset, flight);
  }

  try {
    signal.throwIfAborted();
    for (let block = await blocks.next(); block; block = await blocks.next()) {
      if (failure) break;
      if (block.offset + block.bytes.length > writer.sizeBytes) {
        throw new DiskTooSmallError(writer.target, 'more (it gave no length beforehand)');
      }
      await launch(block);
    }
    await Promise.all(inFlight.values());
    if (failure) throw failure;
    return end;
  } finally {
    signal.removeEventListener('abort', abort);
    await Promise.all(inFlight.values());
  }
}

/** The last block of an image may end within a sector: the rest of that is zero. Blocks have room for whole sectors. */
function wholeSectors({ bytes }: StreamBlock, sectorBytes: number): Uint8Array {
  const length = Math.ceil(bytes.length / sectorBytes) * sectorBytes;
  if (length === bytes.length) return bytes;
  const padded = new Uint8Array(bytes.buffer, bytes.byteOffset, length);
  return padded.fill(0, bytes.length);
}
