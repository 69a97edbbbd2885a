import { randomFillSync } from 'node:crypto';

/** Noise, text and zeros in turn, in pieces that are no multiple of anything: what an image is made of. */
export function mixedContent(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const piece = 333_337;
  for (let at = 0, turn = 0; at < length; at += piece, turn += 1) {
    const part = bytes.subarray(at, at + piece);
    if (turn % 3 === 0) randomFillSync(part);
    if (turn % 3 === 1) part.fill(`line ${turn} of a text that repeats itself\n`);
  }
  return bytes;
}
