import { randomBytes, randomInt } from 'node:crypto';
import { errorText } from '../../../errors/guards.ts';
import { allocateAligned } from '../../device-io/aligned-memory.ts';
import { type DiskTarget, flush, readInto, writeAt } from '../../device-io/disk-target.ts';
import { type Check, EraseMethodError } from '../method.ts';
import { shortDigest, shortDigestLength } from './short-digest.ts';

/** Random bytes that were written to a disk before its erase, and must be gone after it. */
export interface Watermark {
  readonly offset: number;
  /** Short digests of each 512 bytes there, one behind the other. */
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
      if (isLeft(digest, await readDigest(target, offset, block))) left.push(offset);
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

/** The first bytes, the last ones (whole sectors, and no whole block where the size is odd), and blocks between them. */
function findPlaces({ sizeBytes }: DiskTarget): readonly number[] {
  const end = sizeBytes - watermarkBytes;
  if (end < watermarkBytes) return [0];
  const between = Math.floor(end / watermarkBytes) - 1;
  const places = new Set([0, end]);
  while (places.size < Math.min(watermarkCount, between + 2)) {
    places.add((1 + randomInt(Math.min(between, 2 ** 48 - 1))) * watermarkBytes);
  }
  return [...places];
}

async function readDigest(target: DiskTarget, offset: number, block: Uint8Array): Promise<string> {
  await readInto(target, block, offset);
  return digestOf(block);
}

/** The smallest sectors there are: one of them may be left alone. */
const pieceBytes = 512;

function digestOf(bytes: Uint8Array): string {
  const digests: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    digests.push(shortDigest(bytes.subarray(at, at + pieceBytes)));
  }
  return digests.join('');
}

/** Whether any piece is what it was. */
function isLeft(digest: string, found: string): boolean {
  for (let at = 0; at < digest.length; at += shortDigestLength) {
    if (digest.slice(at, at + shortDigestLength) === found.slice(at, at + shortDigestLength)) return true;
  }
  return false;
}
