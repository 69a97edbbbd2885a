import { createCipheriv } from 'node:crypto';
import { blockBytes } from './block-lease.ts';

/** Bytes of a key. */
export const streamKeyBytes = 32;

const stampedBytes = 512;
const stampedWords = stampedBytes / 4;

/**
 * What a stream pass writes: one block of AES-256-CTR, the same at each multiple of `blockBytes`, in which the first 16 bytes
 * of each 512 are a stamp that depends on the key and their place, and that no other place has. So no two sectors of a device are
 * the same (deduplication, and writes that went astray or nowhere, show), none can be told without the key, and with it all can
 * be made again, at a small part of the processor time that a cipher over everything takes.
 */
export interface KeyedStream {
  /** Fills a block; it still wants its stamps. */
  fill(block: Uint8Array): void;
  /** Makes of `bytes`, a filled block or a part of one, what the device has at `offset`; both multiples of 512. */
  stamp(bytes: Uint8Array, offset: number): void;
}

/** The stamps are words in the byte order of the machine: little-endian on all that Node is made for here. */
export function createKeyedStream(key: Uint8Array): KeyedStream {
  if (key.length !== streamKeyBytes) throw new RangeError(`a key of ${key.length} bytes; expected ${streamKeyBytes}`);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const body = cipher.update(Buffer.alloc(blockBytes));
  const stampKey = cipher.update(Buffer.alloc(16));
  const [k0, k1, k2, k3] = [0, 4, 8, 12].map((at) => stampKey.readUInt32LE(at)) as [number, number, number, number];

  return {
    fill: (block) => block.set(body.subarray(0, block.length)),
    stamp(bytes, offset) {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      let place = offset / stampedBytes;
      for (let at = 0; at < words.length; at += stampedWords) {
        // A Feistel network over the number of the place: different places cannot have the same first two words.
        let low = place >>> 0;
        let high = Math.floor(place / 2 ** 32);
        high ^= mix(low ^ k0);
        low ^= mix(high ^ k1);
        high ^= mix(low ^ k2);
        low ^= mix(high ^ k3);
        words[at] = low;
        words[at + 1] = high;
        words[at + 2] = mix(low + k2);
        words[at + 3] = mix(high + k1);
        place += 1;
      }
    },
  };
}

/** Each bit of the result depends on each bit of the word; shifts and factors with a low bias, from hash-prospector (public domain). */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x21f0_aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a_2d97);
  return mixed ^ (mixed >>> 15);
}
