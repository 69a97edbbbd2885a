import type { ByteSource } from '../../src/image/stream/byte-source.ts';

/** Reads a source to its end, in pieces of an odd size by default. */
export async function readToEnd(source: ByteSource, pieceBytes = 700_001): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.alloc(pieceBytes);
    const count = await source.fill(piece);
    pieces.push(piece.subarray(0, count));
    if (count < pieceBytes) return Buffer.concat(pieces);
  }
}
