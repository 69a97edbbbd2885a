import { randomBytes, randomInt } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { allocateAligned } from '../../src/storage/device-io/aligned-memory.ts';
import { deviceNumber } from '../../src/tools/device-name.ts';

const MiB = 1024 * 1024;
const mark = 'IRONHAND-DISK-CANARY@';
const offsetDigits = 16;
/** Tells the canaries of this process from those that anything else left in the backing file. */
const flock = randomBytes(8).toString('hex');
const canaryBytes = mark.length + offsetDigits + 1 + flock.length;

/** A text that was sown over a disk and is still there. */
export interface FoundCanary {
  /** Where it was found, in bytes. */
  readonly offset: number;
  /** Where it was sown. */
  readonly sownAt: number;
}

export interface SowOptions {
  /** One canary at a random place in each so many bytes. Default: 1 MiB. */
  readonly everyBytes?: number;
}

/**
 * Writes recognisable texts all over a device (or file): the very first and the very last bytes, and in each MiB one at a random
 * byte, most of them across sectors. Resolves to their places, in order, when they are on the device.
 */
export async function sowCanaries(device: string, { everyBytes = MiB }: SowOptions = {}): Promise<readonly number[]> {
  const file = await open(device, 'r+');
  try {
    const sizeBytes = await sizeOf(file);
    const offsets = [0];
    for (let start = canaryBytes; start + 2 * canaryBytes < sizeBytes; start += everyBytes) {
      const room = Math.min(everyBytes, sizeBytes - canaryBytes - start) - canaryBytes;
      offsets.push(start + (room > 0 ? randomInt(room) : 0));
    }
    offsets.push(sizeBytes - canaryBytes);
    for (const offset of offsets) await file.write(canaryAt(offset), 0, canaryBytes, offset);
    await file.sync();
    return offsets;
  } finally {
    await file.close();
  }
}

/** Reads the WHOLE device, past the page cache, and gives every canary of this process that is still on it. */
export async function findCanaries(device: string): Promise<readonly FoundCanary[]> {
  const found: FoundCanary[] = [];
  const file = await open(device, constants.O_RDONLY | constants.O_DIRECT);
  try {
    const sizeBytes = await sizeOf(file);
    const block = allocateAligned(4 * MiB);
    // What may be the beginning of a canary that goes on in the next block.
    let carry = Buffer.alloc(0);
    for (let offset = 0; offset < sizeBytes; ) {
      const { bytesRead } = await file.read(block, 0, Math.min(block.length, sizeBytes - offset), offset);
      if (bytesRead === 0) throw new Error(`${device} ends at ${offset} of ${sizeBytes} bytes`);
      const text = Buffer.concat([carry, block.subarray(0, bytesRead)]);
      found.push(...canariesIn(text, offset - carry.length));
      carry = text.subarray(Math.max(0, text.length - canaryBytes + 1));
      offset += bytesRead;
    }
  } finally {
    await file.close();
  }
  return found;
}

function* canariesIn(text: Buffer, textStart: number): Generator<FoundCanary> {
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
    const rest = text.toString('latin1', at + mark.length, at + canaryBytes);
    if (rest.slice(offsetDigits + 1) !== flock) continue;
    yield { offset: textStart + at, sownAt: Number.parseInt(rest.slice(0, offsetDigits), 16) };
  }
}

function canaryAt(offset: number): Buffer {
  return Buffer.from(`${mark}${offset.toString(16).padStart(offsetDigits, '0')}:${flock}`);
}

/** A block device says that it has 0 bytes; the kernel counts its sectors of 512 bytes in sysfs. */
async function sizeOf(file: FileHandle): Promise<number> {
  const stats = await file.stat({ bigint: true });
  if (!stats.isBlockDevice()) return Number(stats.size);
  return Number(readFileSync(`/sys/dev/block/${deviceNumber(stats.rdev)}/size`, 'utf8')) * 512;
}
