import { readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

const prefix = 'ramdisk-';
const segments = 'ramdisk-segments';
const keptMs = 7 * 24 * 3600 * 1000;

/** Says that what lies here is still of use. */
export async function touch(place: string): Promise<void> {
  const now = new Date();
  await utimes(place, now, now);
}

/** Removes what no build has used for a week: each base takes half a gigabyte. */
export async function tidyCache(cacheDir: string): Promise<void> {
  await removeUnused(cacheDir, (name) => name.startsWith(prefix) && name !== segments);
  await removeUnused(path.join(cacheDir, segments), () => true);
}

/** Of what is in a folder, removes what is ours and was not touched for a week. */
export async function removeUnused(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(folder).catch(() => [])).filter(isOurs)) {
    const place = path.join(folder, name);
    const used = await stat(place).catch(() => null); // whoever builds beside us moves its folders
    if (used !== null && Date.now() - used.mtimeMs > keptMs) await rm(place, { recursive: true, force: true });
  }
}
