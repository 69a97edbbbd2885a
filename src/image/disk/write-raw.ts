import { createFlights } from '../../storage/device-io/flights.ts';
import { createSettledMarks } from '../../storage/device-io/settled-marks.ts';
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
  signal.throwIfAborted();
  const flights = createFlights(Number.POSITIVE_INFINITY, (error) => void blocks.close(error));
  const marks = createSettledMarks(onSettled);
  const abort = (): void => void blocks.close(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let end = from;

  async function take(block: StreamBlock): Promise<void> {
    const { offset } = block;
    if (offset + block.bytes.length > writer.sizeBytes) {
      throw new DiskTooSmallError(writer.target, 'more (it gave no length beforehand)');
    }
    const bytes = wholeSectors(block, writer.target.sectorBytes);
    await writer.zeroAhead(bytes, offset, sizeBytes ?? writer.sizeBytes);
    end = offset + block.bytes.length;
    const mark = marks.open(end, () => block.release());
    flights.start(writer.write(bytes, offset).then(mark.close));
  }

  try {
    for (let block = await blocks.next(); block; block = await blocks.next()) {
      signal.throwIfAborted();
      flights.throwIfFailed();
      await take(block);
    }
    await flights.land();
    signal.throwIfAborted();
    return end;
  } finally {
    signal.removeEventListener('abort', abort);
    await flights.settle();
  }
}

/** The last block of an image may end within a sector: the rest of that is zero. Blocks have room for whole sectors. */
function wholeSectors({ bytes }: StreamBlock, sectorBytes: number): Uint8Array {
  const length = Math.ceil(bytes.length / sectorBytes) * sectorBytes;
  if (length === bytes.length) return bytes;
  const padded = new Uint8Array(bytes.buffer, bytes.byteOffset, length);
  return padded.fill(0, bytes.length);
}
