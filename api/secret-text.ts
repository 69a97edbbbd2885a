import { createHash, timingSafeEqual } from 'node:crypto';

/** A text that may be compared with others but not read; a comparison takes the same time wherever they differ. */
export class SecretText {
  readonly #digest: Buffer;

  constructor(text: string) {
    this.#digest = digestOf(text);
  }

  equals(given: string): boolean {
    return timingSafeEqual(digestOf(given), this.#digest);
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
