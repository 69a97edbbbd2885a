/** The end of a stream that may be endless. */
export interface Tail {
  readonly push: (chunk: Buffer) => void;
  /** The last bytes as text; starts at a character boundary. */
  text(): string;
}

export function createTail(limitBytes: number): Tail {
  let kept = Buffer.alloc(0);
  let seenBytes = 0;
  return {
    push(chunk) {
      seenBytes += chunk.length;
      // Trimmed only at twice the limit, so that many small chunks do not copy the whole tail each time.
      kept = Buffer.concat([kept, chunk.subarray(-limitBytes)]);
      if (kept.length > 2 * limitBytes) kept = kept.subarray(-limitBytes);
    },
    text() {
      const last = kept.subarray(-limitBytes);
      return (seenBytes > limitBytes ? withoutCutCharacter(last) : last).toString('utf8');
    },
  };
}

/** Drops the rest of a UTF-8 sequence whose beginning is gone (continuation bytes are 10xxxxxx). */
function withoutCutCharacter(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return start < 0 ? bytes : bytes.subarray(start);
}
