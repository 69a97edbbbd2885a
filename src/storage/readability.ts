import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { BlockDevice } from '../core/block-device.ts';
import { errorText } from '../errors/guards.ts';
import { allocateAligned } from './device-io/aligned-memory.ts';

type Place = Pick<BlockDevice, 'path' | 'sizeBytes' | 'logicalSectorBytes'>;

/** Kernel and drive try a bad sector again and again; what takes longer than this is no disk that can be erased. */
const patienceMilliseconds = 30_000;
const pieceBytes = 4096;
const placesBetween = 3;

/**
 * Offsets at which a disk is read to see whether it can be: its first and its last sectors (4 KiB, or one sector where that is
 * larger) and some places between. Pure.
 */
export function readPlaces({ sizeBytes, logicalSectorBytes }: Omit<Place, 'path'>): readonly number[] {
  const last = sizeBytes - lengthOf({ sizeBytes, logicalSectorBytes });
  const inner = Array.from({ length: placesBetween }, (_, index) => {
    const offset = (last * (index + 1)) / (placesBetween + 1);
    return Math.floor(offset / logicalSectorBytes) * logicalSectorBytes;
  });
  return [...new Set([0, ...inner, last])];
}

/**
 * Reads a disk at several places past the page cache (O_DIRECT, open(2)); gives the reason why it cannot be read, or null. Ends in
 * bounded time: a read that hangs goes on in the kernel, and its descriptor is closed when it ends.
 */
export async function findUnreadable(disk: Place, patience = patienceMilliseconds): Promise<string | null> {
  const { promise: timeout, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`it does not answer within ${patience / 1000} s`), patience);
  try {
    return await Promise.race([readAll(disk), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(disk: Place): Promise<string | null> {
  const { O_RDONLY, O_DIRECT, O_NOFOLLOW } = constants;
  try {
    await using handle = await open(disk.path, O_RDONLY | O_DIRECT | O_NOFOLLOW);
    const bytes = allocateAligned(lengthOf(disk));
    for (const offset of readPlaces(disk)) {
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset).catch((error: unknown) => {
        throw new Error(`at byte ${offset}: ${errorText(error)}`, { cause: error });
      });
      if (bytesRead !== bytes.length)
        throw new Error(`at byte ${offset} it gave ${bytesRead} of ${bytes.length} bytes`);
    }
    return null;
  } catch (error) {
    return errorText(error);
  }
}

function lengthOf({ sizeBytes, logicalSectorBytes }: Omit<Place, 'path'>): number {
  return Math.min(Math.max(pieceBytes, logicalSectorBytes), sizeBytes);
}
