/** What a block looks like: one byte (or a short word) repeated, random, or neither. */
export type ContentKind = 'uniform' | 'random' | 'structured';

/** Bits per byte of 4 KiB of random bytes: 7.95 on average; 7.8 is some fifty standard deviations below. */
const leastRandomEntropy = 7.8;
/** A word that drives fill erased blocks with. */
const longestWord = 16;

/** Of a block of at least 4 KiB. */
export function kindOfContent(block: Uint8Array): ContentKind {
  if (isPeriodic(block)) return 'uniform';
  return entropyOf(block) >= leastRandomEntropy ? 'random' : 'structured';
}

/** Shannon entropy of the bytes, in bits per byte, 0 to 8. */
export function entropyOf(block: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of block) counts[byte] = (counts[byte] ?? 0) + 1;
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= (count / block.length) * Math.log2(count / block.length);
  }
  return entropy;
}

function isPeriodic(block: Uint8Array): boolean {
  for (let period = 1; period <= longestWord; period *= 2) {
    if (Buffer.from(block.buffer, block.byteOffset, block.length - period).equals(block.subarray(period))) return true;
  }
  return false;
}
