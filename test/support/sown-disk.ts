import { open } from 'node:fs/promises';
import type { LoopDevice } from './loop-device.ts';

/** Old data that must be gone after an erase. */
export const canary = Buffer.from('a-canary-that-nobody-else-sings');

/** All over the disk, also across its ends, and 0xA5 between. */
export async function sow(disk: LoopDevice): Promise<void> {
  const bytes = Buffer.alloc(disk.sizeBytes, 0xa5);
  for (let at = 0; at < bytes.length; at += 1999) canary.copy(bytes, at);
  canary.copy(bytes, bytes.length - canary.length);
  await using file = await open(disk.path, 'r+');
  await file.write(bytes, 0, bytes.length, 0);
  await file.sync();
}
