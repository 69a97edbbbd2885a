/** Fills memory from chunks of any size. */
export interface ChunkReader {
  /** Fewer bytes only at the end, then 0. One call at a time. */
  fill(into: Uint8Array): Promise<number>;
  /** Reads what is left and forgets it; also while a `fill` is under way. */
  discard(): Promise<void>;
}

/** Over chunks of any size, none of which is asked for before it is needed. */
export function createChunkReader(chunks: AsyncIterator<Uint8Array>): ChunkReader {
  let rest: Uint8Array = new Uint8Array();
  let isDiscarding = false;

  async function more(): Promise<boolean> {
    while (rest.length === 0) {
      const { done, value } = await chunks.next();
      if (done || isDiscarding) return false;
      rest = value;
    }
    return true;
  }

  return {
    async fill(into) {
      let filled = 0;
      while (filled < into.length && (await more())) {
        const part = rest.subarray(0, into.length - filled);
        into.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      return filled;
    },
    async discard() {
      isDiscarding = true;
      for (let end = await chunks.next(); !end.done; end = await chunks.next());
    },
  };
}
