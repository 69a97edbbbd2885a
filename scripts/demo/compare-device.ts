import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { allocateAligned } from '../../src/storage/device-io/aligned-memory.ts';

const blockBytes = 4 * 2 ** 20;

/** Where image and device differ, in whole sectors. */
export interface DifferingSectors {
  readonly comparedBytes: number;
  readonly sectors: readonly number[];
}

/**
 * Reads the device past the page cache (O_DIRECT, open(2)) and compares it with the image, byte for byte over the whole length of
 * the image.
 */
export async function compareDevice(image: string, device: string, sectorBytes: number): Promise<DifferingSectors> {
  await using expected = await open(image, 'r');
  await using actual = await open(device, constants.O_RDONLY | constants.O_DIRECT);
  const { size } = await expected.stat();
  const wanted = Buffer.alloc(blockBytes);
  const found = allocateAligned(blockBytes);
  const sectors: number[] = [];
  for (let position = 0; position < size; position += blockBytes) {
    const length = Math.min(blockBytes, size - position);
    await expected.read(wanted, 0, length, position);
    const { bytesRead } = await actual.read(found, 0, blockBytes, position);
    if (bytesRead < length) throw new Error(`${device}: ends at byte ${position + bytesRead}, the image at ${size}`);
    if (wanted.subarray(0, length).equals(found.subarray(0, length))) continue;
    for (let at = 0; at < length; at += sectorBytes) {
      const end = Math.min(at + sectorBytes, length);
      if (!wanted.subarray(at, end).equals(found.subarray(at, end))) sectors.push((position + at) / sectorBytes);
    }
  }
  return { comparedBytes: size, sectors };
}
