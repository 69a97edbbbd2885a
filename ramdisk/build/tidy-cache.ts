import { readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

const prefix = 'ramdisk-';
const keptMs = 7 * 24 * 3600 * 1000;

/** Says that what lies here is still of use. */
export async function touch(place: string): Promise<void> {
  const now = new Date();
  await utimes(place, now, now);
}

/** Removes what no build has used for a week: each base takes half a gigabyte. */
export async function tidyCache(cacheDir: string, nowMs = Date.now()): Promise<void> {
  for (const folder of [cacheDir, path.join(cacheDir, 'ramdisk-segments')]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const place = path.join(folder, name);
      const ours = folder !== cacheDir || (name.startsWith(prefix) && name !== 'ramdisk-segments');
      if (ours && nowMs - (await stat(place)).mtimeMs > keptMs) await rm(place, { recursive: true, force: true });
    }
  }
}
