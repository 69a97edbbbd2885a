import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Text that waits for its place in the archive. */
export interface PackedPiece {
  /** Before it was packed. */
  readonly textBytes: number;
  /** Where it lies in the file. */
  readonly offset: number;
  readonly bytes: number;
}

const pack = promisify(gzip);

/**
 * Pieces of text, each packed on its own, in a file that has no name any more: nothing of it stays, whatever dies. How long a
 * member will be is known only at its end, and an archive says it before its content.
 */
export class PackedPieces implements Disposable {
  readonly #descriptor: number;
  #end = 0;

  constructor(dir: string) {
    const file = path.join(dir, `logs-${randomUUID()}`);
    this.#descriptor = openSync(file, 'wx+', 0o600);
    rmSync(file);
  }

  async add(text: Buffer): Promise<PackedPiece> {
    // Quick rather than small: this machine may be busy, and there are seconds.
    const packed = await pack(text, { level: 3 });
    const offset = this.#end;
    this.#end += packed.length;
    for (let done = 0; done < packed.length; ) {
      done += writeSync(this.#descriptor, packed, done, packed.length - done, offset + done);
    }
    return { textBytes: text.length, offset, bytes: packed.length };
  }

  read({ offset, bytes }: PackedPiece): Buffer {
    const packed = Buffer.alloc(bytes);
    for (let done = 0; done < bytes; ) {
      const got = readSync(this.#descriptor, packed, done, bytes - done, offset + done);
      if (got === 0) throw new Error('a packed piece of the logs ends before its end');
      done += got;
    }
    return packed;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
