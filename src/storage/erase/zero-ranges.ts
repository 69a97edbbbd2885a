import type { FileHandle } from 'node:fs/promises';
import { allocateAligned } from '../device-io/aligned-memory.ts';
import type { ByteRange } from '../device-io/byte-range.ts';

const blockBytes = 1024 * 1024;

/** Writes zeros and flushes the device (fdatasync). The ranges are whole sectors. */
export async function zeroRanges(handle: FileHandle, ranges: readonly ByteRange[]): Promise<void> {
  const zeros = allocateAligned(blockBytes);
  for (const { offset, length } of blocksOf(ranges)) {
    const { bytesWritten } = await handle.write(zeros, 0, length, offset);
    if (bytesWritten !== length) throw new Error(`wrote ${bytesWritten} of ${length} bytes at ${offset}`);
  }
  await handle.datasync();
}

/** The first offset in the ranges that does not read back as zero; null when all do. */
export async function findNonZero(handle: FileHandle, ranges: readonly ByteRange[]): Promise<number | null> {
  const zeros = Buffer.alloc(blockBytes);
  const block = allocateAligned(blockBytes);
  for (const { offset, length } of blocksOf(ranges)) {
    const { bytesRead } = await handle.read(block, 0, length, offset);
    if (bytesRead !== length) throw new Error(`read ${bytesRead} of ${length} bytes at ${offset}`);
    const found = block.subarray(0, length);
    if (!found.equals(zeros.subarray(0, length))) return offset + found.findIndex((byte) => byte !== 0);
  }
  return null;
}

function* blocksOf(ranges: readonly ByteRange[]): Generator<{ readonly offset: number; readonly length: number }> {
  for (const { start, end } of ranges) {
    for (let offset = start; offset < end; offset += blockBytes) {
      yield { offset, length: Math.min(blockBytes, end - offset) };
    }
  }
}
