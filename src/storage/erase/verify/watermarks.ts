import { createHash, randomBytes, randomInt } from 'node:crypto';
import { errorText } from '../../../errors/guards.ts';
import { allocateAligned } from '../../device-io/aligned-memory.ts';
import { type DiskTarget, flush, readInto, writeAt } from '../../device-io/disk-target.ts';
import { type Check, EraseMethodError } from '../method.ts';

/** Random bytes that were written to a disk before its erase, and must be gone after it. */
export interface Watermark {
  readonly offset: number;
  /** SHA-256 of the bytes there, hexadecimal. */
  readonly digest: string;
}

const watermarkBytes = 4096;
const watermarkCount = 16;
/** A disk with bad sectors keeps some of them; with fewer than this nothing is proven. */
const fewest = 4;

/**
 * Writes random blocks at random places, the first and the last ones of the disk among them, flushes, and reads them back from the
 * disk itself: one that does not keep what is written to it cannot be shown to be erased. Throws EraseMethodError.
 */
export async function sowWatermarks(target: DiskTarget): Promise<readonly Watermark[]> {
  const places = findPlaces(target);
  const block = allocateAligned(watermarkBytes);
  const failures: string[] = [];
  const written: Watermark[] = [];
  for (const offset of places) {
    block.set(randomBytes(watermarkBytes));
    try {
      await writeAt(target, block, offset);
      written.push({ offset, digest: digestOf(block) });
    } catch (error) {
      failures.push(errorText(error));
    }
  }
  await flush(target);
  const sown: Watermark[] = [];
  for (const mark of written) {
    const found = await readDigest(target, mark.offset, block).catch((error: unknown) => errorText(error));
    if (found === mark.digest) sown.push(mark);
    else failures.push(`${target.path}: what was written at ${mark.offset} is not there`);
  }
  if (sown.length >= Math.min(fewest, places.length)) return sown;
  throw new EraseMethodError(
    `${target.path} kept ${sown.length} of ${places.length} watermarks, so no erase can be proven: ${failures[0]}`,
  );
}

/** Looks for them after the erase. What cannot be read proves nothing. */
export async function findWatermarks(target: DiskTarget, watermarks: readonly Watermark[]): Promise<Check> {
  const block = allocateAligned(watermarkBytes);
  const left: number[] = [];
  const unreadable: number[] = [];
  for (const { offset, digest } of watermarks) {
    try {
      if ((await readDigest(target, offset, block)) === digest) left.push(offset);
    } catch {
      unreadable.push(offset);
    }
  }
  const name = 'watermarks';
  if (left.length > 0) {
    const detail = `${left.length} of ${watermarks.length} blocks written before the erase are still there (byte ${left[0]})`;
    return { name, passed: false, detail };
  }
  if (unreadable.length > 0) {
    return { name, passed: false, detail: `${unreadable.length} places cannot be read (byte ${unreadable[0]})` };
  }
  const detail = `none of ${watermarks.length} random blocks written before the erase is there any more`;
  return { name, passed: watermarks.length > 0, detail };
}

/** Whole blocks, each another one; all of them on a disk that has no more. */
function findPlaces({ sizeBytes }: DiskTarget): readonly number[] {
  const blocks = Math.floor(sizeBytes / watermarkBytes);
  const places = new Set([0, blocks - 1].filter((block) => block >= 0));
  while (places.size < Math.min(watermarkCount, blocks)) places.add(randomInt(Math.min(blocks, 2 ** 48 - 1)));
  return [...places].map((block) => block * watermarkBytes);
}

async function readDigest(target: DiskTarget, offset: number, block: Uint8Array): Promise<string> {
  await readInto(target, block, offset);
  return digestOf(block);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
