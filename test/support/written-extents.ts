import { execFileSync } from 'node:child_process';

const pageBytes = 4096;
const zeroPage = Buffer.alloc(pageBytes);

/** Bytes of a file before `upTo` that are neither holes nor merely allocated, by filefrag(8), which asks the file system. */
export function writtenBytes(file: string, upTo: number): number {
  const text = execFileSync('filefrag', ['-s', '-v', `-b${pageBytes}`, file], { encoding: 'utf8' });
  let total = 0;
  let extents = 0;
  for (const [, first, last, rest] of text.matchAll(/^\s*\d+:\s+(\d+)\.\.\s*(\d+):(.*)$/gm)) {
    extents += 1;
    if (rest?.includes('unwritten')) continue;
    const end = Math.min(upTo, (Number(last) + 1) * pageBytes);
    total += Math.max(0, end - Number(first) * pageBytes);
  }
  if (extents === 0) throw new Error(`filefrag names no extents: ${text}`);
  return total;
}

/** Bytes in pages of 4 KiB that are not all zero. */
export function dataBytes(bytes: Uint8Array): number {
  let count = 0;
  for (const page of pages(bytes)) if (!page.equals(zeroPage.subarray(0, page.length))) count += page.length;
  return count;
}

/** Pages that are full of 0xA5: the former content of a disk that was poisoned. */
export function poisonedPages(bytes: Uint8Array): number {
  const poisoned = Buffer.alloc(pageBytes, 0xa5);
  let count = 0;
  for (const page of pages(bytes)) if (page.equals(poisoned.subarray(0, page.length))) count += 1;
  return count;
}

function* pages(bytes: Uint8Array): Generator<Buffer> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < buffer.length; at += pageBytes) yield buffer.subarray(at, at + pageBytes);
}
