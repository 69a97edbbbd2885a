import { open } from 'node:fs/promises';
import type { LoopDevice } from './loop-device.ts';

const pieceBytes = 4 * 1024 * 1024;

/** Fills a disk with 0xA5, as if it had held something. */
export async function poison(disk: Pick<LoopDevice, 'path' | 'sizeBytes'>): Promise<void> {
  const piece = Buffer.alloc(pieceBytes, 0xa5);
  await using file = await open(disk.path, 'r+');
  for (let at = 0; at < disk.sizeBytes; at += pieceBytes) {
    await file.write(piece, 0, Math.min(pieceBytes, disk.sizeBytes - at), at);
  }
  await file.sync();
}
