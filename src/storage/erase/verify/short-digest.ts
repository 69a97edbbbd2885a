import { createHash } from 'node:crypto';

/** Length of a short digest, in characters. */
export const shortDigestLength = 22;

/** 132 of the 256 bits of SHA-256, base64url: enough to tell blocks apart, and there are many that are put on record. */
export function shortDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, shortDigestLength);
}
