import { allocateAligned } from '../../device-io/aligned-memory.ts';
import type { ByteRange } from '../../device-io/byte-range.ts';
import { type DiskTarget, readInto } from '../../device-io/disk-target.ts';

/** Reads any bytes of a disk; what lies beyond it is left out. */
export type ReadRange = (range: ByteRange) => Promise<Buffer>;

/** Reads bytes that need not be whole sectors. The reads throw DeviceReadError. */
export function readerOf(target: DiskTarget): ReadRange {
  const { sectorBytes, sizeBytes } = target;
  return async ({ start, end }) => {
    const from = Math.floor(Math.max(0, start) / sectorBytes) * sectorBytes;
    const until = Math.min(sizeBytes, Math.ceil(end / sectorBytes) * sectorBytes);
    if (until <= from) return Buffer.alloc(0);
    const bytes = allocateAligned(until - from);
    await readInto(target, bytes, from);
    return bytes.subarray(Math.max(0, start) - from, Math.min(end, sizeBytes) - from);
  };
}
