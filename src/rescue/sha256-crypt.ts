import { createHash, randomInt } from 'node:crypto';

/** What is iterated where a hash does not say otherwise, and therefore need not say. */
const rounds = 5000;
const saltCharacters = 16;
const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Which bytes of the digest make one group of four characters, the most significant first; then the two that are left. */
const byteGroups = [
  [0, 10, 20],
  [21, 1, 11],
  [12, 22, 2],
  [3, 13, 23],
  [24, 4, 14],
  [15, 25, 5],
  [6, 16, 26],
  [27, 7, 17],
  [18, 28, 8],
  [9, 19, 29],
] as const;

/**
 * A password as it stands in /etc/shadow, `$5$salt$hash`: SHA-256 crypt, which every Linux can check (U. Drepper, "Unix crypt using
 * SHA-256 and SHA-512", version 0.6; crypt(5)). Of the salt only the first 16 characters count.
 */
export function sha256Crypt(password: string, salt: string = randomSalt()): string {
  const secret = Buffer.from(password);
  const used = Buffer.from(salt).subarray(0, saltCharacters);
  return `$5$${used.toString()}$${encode(digest(secret, used))}`;
}

function randomSalt(): string {
  return Array.from({ length: saltCharacters }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** The steps of the specification; the names A, B, P and S are those that it gives. */
function digest(secret: Buffer, salt: Buffer): Buffer {
  const b = sha256(secret, salt, secret);
  const bits = [...secret.length.toString(2)].reverse();
  const a = sha256(secret, salt, repeated(b, secret.length), ...bits.map((bit) => (bit === '1' ? b : secret)));
  const p = repeated(sha256(...copies(secret, secret.length)), secret.length);
  const s = repeated(sha256(...copies(salt, 16 + (a[0] ?? 0))), salt.length);
  let last = a;
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    const between = [...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p])];
    last = sha256(isOdd ? p : last, ...between, isOdd ? last : p);
  }
  return last;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function copies(part: Buffer, count: number): readonly Buffer[] {
  return Array.from({ length: count }, () => part);
}

/** As many bytes of `block`, over and over again. */
function repeated(block: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, block);
}

function encode(bytes: Buffer): string {
  const at = (index: number): number => bytes[index] ?? 0;
  const groups = byteGroups.map(([high, middle, low]) => characters((at(high) << 16) | (at(middle) << 8) | at(low), 4));
  return [...groups, characters((at(31) << 8) | at(30), 3)].join('');
}

/** Six bits each, the least significant first. */
function characters(bits: number, count: number): string {
  return Array.from({ length: count }, (_, index) => alphabet[(bits >> (6 * index)) & 63]).join('');
}
