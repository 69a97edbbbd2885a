import type { Dirent } from 'node:fs';
import { copyFile, lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Those of the operating system first; /opt only where they are not enough. */
const roots = ['/usr', '/opt'];
const blockBytes = 4096;
/** Larger ones would make the image a matter of a few files. */
const largestBytes = 64 * 1024 * 1024;
/** Of the files found, so many in a thousand are taken in each pass, by their name: a mix of all that the machine has. */
const passes = [125, 250, 500, 1000];

/** Copies real files of this machine, the same ones each time, until they fill so many blocks; gives the bytes taken. */
export async function copyRealFiles(into: string, wantedBytes: number): Promise<number> {
  let taken = 0;
  for (const root of roots) taken += await copyFrom(root, into, wantedBytes - taken);
  return taken;
}

async function copyFrom(root: string, into: string, wantedBytes: number): Promise<number> {
  const found: { readonly path: string; readonly onDisk: number; readonly draw: number }[] = [];
  for await (const path of filesBelow(root)) {
    const { size } = await lstat(path);
    const onDisk = Math.ceil(size / blockBytes) * blockBytes;
    if (size > 0 && size <= largestBytes) found.push({ path, onDisk, draw: crc32(path) % 1000 });
  }
  let taken = 0;
  let from = 0;
  for (const upTo of passes) {
    for (const { path, onDisk, draw } of found) {
      if (draw < from || draw >= upTo || taken + onDisk > wantedBytes) continue;
      await mkdir(join(into, dirname(path)), { recursive: true });
      await copyFile(path, join(into, path));
      taken += onDisk;
    }
    from = upTo;
  }
  return taken;
}

/** Regular files; links and what cannot be read are passed by. */
async function* filesBelow(directory: string): AsyncGenerator<string> {
  const entries: Dirent[] = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}
