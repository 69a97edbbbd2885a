import type { BlockStream } from '../../src/image/stream/block-stream.ts';

export interface TestBlockStream extends BlockStream {
  /** Blocks that are out and were not released. */
  readonly held: () => number;
  /** Reasons that it was closed with, undefined for none. */
  readonly closed: (Error | undefined)[];
}

/** A stream of the given pieces in shared memory; an Error among them is thrown in its place. */
export function blockStreamOf(pieces: readonly (Uint8Array | Error)[]): TestBlockStream {
  const rest = [...pieces];
  let offset = 0;
  let held = 0;
  const closed: (Error | undefined)[] = [];
  return {
    held: () => held,
    closed,
    async next() {
      const piece = rest.shift();
      if (piece === undefined) return null;
      if (piece instanceof Error) throw piece;
      const bytes = new Uint8Array(new SharedArrayBuffer(piece.length));
      bytes.set(piece);
      held += 1;
      const release = (): void => {
        held -= 1;
      };
      const block = { bytes, offset, release };
      offset += piece.length;
      return block;
    },
    async close(reason) {
      closed.push(reason);
    },
  };
}
