/** The end of a stream that may be endless. */
export interface Tail {
  readonly push: (chunk: Buffer) => void;
  /** The last bytes as text; starts at a character boundary. */
  text(): string;
}

export function createTail(limitBytes: number): Tail {
  let kept = Buffer.alloc(0);
  return {
    push(chunk) {
      // Trimmed only at twice the limit, so that many small chunks do not copy the whole tail each time.
      kept = Buffer.concat([kept, chunk.subarray(-limitBytes)]);
      if (kept.length > 2 * limitBytes) kept = kept.subarray(-limitBytes);
    },
    text: () => kept.subarray(startOfCharacter(kept, Math.max(0, kept.length - limitBytes))).toString('utf8'),
  };
}

/** Skips the rest of a UTF-8 sequence that was cut (continuation bytes are 10xxxxxx). */
function startOfCharacter(bytes: Buffer, from: number): number {
  let start = from;
  if (from > 0) while (((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
