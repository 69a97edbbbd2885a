import type { ByteRange } from '../../device-io/byte-range.ts';

/** The ranges in pieces that no multiple of `pieceBytes` cuts, in order. */
export function* piecesOf(ranges: Iterable<ByteRange>, pieceBytes: number): Generator<ByteRange> {
  for (const range of ranges) {
    for (let start = range.start; start < range.end; ) {
      const end = Math.min(range.end, start - (start % pieceBytes) + pieceBytes);
      yield { start, end };
      start = end;
    }
  }
}
