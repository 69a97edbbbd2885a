import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const pageBytes = 4096;
const unitBytes = 64 * 1024;
const readBytes = 4 * 1024 * 1024;
const zeros = Buffer.alloc(unitBytes);

/** What is in a file. */
export interface ContentCount {
  readonly sha256: string;
  readonly bytes: number;
  /** Bytes in pages of 4 KiB that are not all zero. */
  readonly dataBytes: number;
  /** Share of all-zero pages of 4 KiB. */
  readonly zeroShare4k: number;
  /** Share of all-zero units of 64 KiB. */
  readonly zeroShare64k: number;
}

export async function countContent(path: string): Promise<ContentCount> {
  const hash = createHash('sha256');
  const counts = { bytes: 0, zeroPages: 0, zeroUnits: 0 };
  for await (const piece of pieces(path)) {
    hash.update(piece);
    counts.bytes += piece.length;
    counts.zeroPages += zeroParts(piece, pageBytes);
    counts.zeroUnits += zeroParts(piece, unitBytes);
  }
  const { bytes, zeroPages, zeroUnits } = counts;
  return {
    sha256: hash.digest('hex'),
    bytes,
    dataBytes: bytes - zeroPages * pageBytes,
    zeroShare4k: Number(((zeroPages * pageBytes) / bytes).toFixed(4)),
    zeroShare64k: Number(((zeroUnits * unitBytes) / bytes).toFixed(4)),
  };
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces(path)) hash.update(piece);
  return hash.digest('hex');
}

/** Brings a file into the page cache. */
export async function readWhole(path: string): Promise<void> {
  for await (const _ of pieces(path));
}

/** Pieces of 4 MiB, all in the same memory. */
export async function* pieces(path: string): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(readBytes);
  await using file = await open(path, 'r');
  for (;;) {
    const { bytesRead } = await file.read(memory, 0, memory.length, null);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
  }
}

function zeroParts(piece: Buffer, partBytes: number): number {
  let count = 0;
  for (let at = 0; at < piece.length; at += partBytes) {
    const end = Math.min(piece.length, at + partBytes);
    if (piece.compare(zeros, 0, end - at, at, end) === 0) count += 1;
  }
  return count;
}
