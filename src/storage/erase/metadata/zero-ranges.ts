import { allocateAligned } from '../../device-io/aligned-memory.ts';
import type { ByteRange } from '../../device-io/byte-range.ts';
import { type DiskTarget, flush, readInto, writeAt } from '../../device-io/disk-target.ts';

const blockBytes = 1024 * 1024;

export interface RangeWatch {
  readonly signal?: AbortSignal;
  /** Told of every block, with the bytes of it alone. */
  onBytes?(bytes: number): void;
}

/** Writes zeros and flushes the device. The ranges are whole sectors. Throws DeviceWriteError, or the reason of the signal. */
export async function zeroRanges(
  target: DiskTarget,
  ranges: readonly ByteRange[],
  { signal, onBytes }: RangeWatch = {},
): Promise<void> {
  const zeros = allocateAligned(blockBytes);
  for (const { offset, length } of blocksOf(ranges)) {
    signal?.throwIfAborted();
    await writeAt(target, zeros.subarray(0, length), offset);
    onBytes?.(length);
  }
  await flush(target);
}

/** The first offset in the ranges that does not read back as zero; null when all do. Throws DeviceReadError. */
export async function findNonZero(target: DiskTarget, ranges: readonly ByteRange[]): Promise<number | null> {
  const zeros = Buffer.alloc(blockBytes);
  const block = allocateAligned(blockBytes);
  for (const { offset, length } of blocksOf(ranges)) {
    const found = block.subarray(0, length);
    await readInto(target, found, offset);
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
