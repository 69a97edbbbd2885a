import { createHash, randomFillSync } from 'node:crypto';
import { open } from 'node:fs/promises';
import { gptImage } from '../../test/support/gpt-image.ts';

const MiB = 1024 * 1024;

/** Writes a raw disk image with a GPT, filled with noise but for about 40 % zeros in runs of 4 MiB; gives its SHA-256. */
export async function makeBenchImage(path: string, sizeBytes: number): Promise<string> {
  const noise = randomFillSync(Buffer.alloc(4 * MiB));
  const zeros = Buffer.alloc(4 * MiB);
  const tables = sparseGpt(sizeBytes);
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    for (let offset = 0; offset < sizeBytes; offset += noise.length) {
      const block = Buffer.from((offset / noise.length) % 5 < 2 ? zeros : noise);
      if (offset === 0) tables.start.copy(block, 0);
      const isLast = offset + block.length >= sizeBytes;
      if (isLast) tables.end.copy(block, block.length - tables.end.length);
      hash.update(block);
      await file.write(block);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/** First and last MiB of an image of that size. */
function sparseGpt(sizeBytes: number): { readonly start: Buffer; readonly end: Buffer } {
  const image = gptImage({ sizeBytes, random: false });
  return { start: Buffer.from(image.subarray(0, MiB)), end: Buffer.from(image.subarray(-MiB)) };
}
