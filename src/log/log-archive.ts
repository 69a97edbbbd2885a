import { gzipSync } from 'node:zlib';
import type { PackedPiece, PackedPieces } from './packed-pieces.ts';
import { tarEnd, tarHeader, tarMemberBytes, tarPadding } from './tar.ts';

/**
 * A tar.gz that grows by one member after the other. Each part is a gzip member of its own, which together are one gzip file
 * (RFC 1952, 2.2), so that what was packed before its length was known need not be packed again.
 */
export class LogArchive {
  readonly #write: (bytes: Buffer) => void;
  readonly #pieces: PackedPieces;
  readonly #modified: Date;
  #left: number;

  /** `limitBytes`: of the archive before it is packed. */
  constructor(write: (bytes: Buffer) => void, pieces: PackedPieces, limitBytes: number, modified = new Date()) {
    this.#write = write;
    this.#pieces = pieces;
    this.#modified = modified;
    this.#left = limitBytes - tarEnd().length;
  }

  /** Takes as much room as there is, at most so many bytes; how much that was. */
  claim(bytes: number): number {
    const claimed = Math.min(bytes, Math.max(0, this.#left));
    this.#left -= claimed;
    return claimed;
  }

  /** Room for one more member; false where there is none. */
  claimMember(contentBytes = 0): boolean {
    const bytes = contentBytes + tarMemberBytes;
    return bytes <= this.#left && this.claim(bytes) === bytes;
  }

  /** A member whose room is claimed, of pieces in this order. */
  add(name: string, pieces: readonly PackedPiece[]): void {
    const bytes = pieces.reduce((sum, { textBytes }) => sum + textBytes, 0);
    this.#write(gzipSync(tarHeader(name, bytes, this.#modified)));
    for (const piece of pieces) this.#write(this.#pieces.read(piece));
    this.#write(gzipSync(tarPadding(bytes)));
  }

  /** A small member whose room is claimed. */
  addText(name: string, content: Buffer): void {
    this.#write(
      gzipSync(Buffer.concat([tarHeader(name, content.length, this.#modified), content, tarPadding(content.length)])),
    );
  }

  end(): void {
    this.#write(gzipSync(tarEnd()));
  }
}
