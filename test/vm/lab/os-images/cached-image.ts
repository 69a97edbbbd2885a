import { existsSync, globSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { publishFolder } from '../../../../ramdisk/build/publish-folder.ts';
import { removeUnused, touch } from '../../../../ramdisk/build/tidy-cache.ts';
import { recipeHash } from '../../../../scripts/demo-image/cache.ts';
import { type OsImage, osImageIn } from './os-image.ts';

/** Not random, so that the same image comes of the same packages. */
const rootUuid = '7c1bb8a4-2f5a-4a53-9e1d-3d7c2f0a6b11';

/** The image of that name, which is made once for each state of the sources in this folder; `make` fills a folder of its own. */
export async function cachedImage(
  name: string,
  cacheDir: string,
  make: (work: string, rootUuid: string) => Promise<unknown>,
): Promise<OsImage> {
  const sources = globSync('**/*', { cwd: import.meta.dirname, withFileTypes: true }).filter((each) => each.isFile());
  const recipe = recipeHash(sources.map(({ parentPath, name: file }) => path.join(parentPath, file)));
  const prefix = `vm-os-${name}-`;
  const place = path.join(cacheDir, prefix + recipe);
  if (!existsSync(place)) {
    const work = `${place}.${process.pid}`;
    try {
      await mkdir(work, { recursive: true });
      await make(work, rootUuid);
      await publishFolder(work, place);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  await touch(place);
  await removeUnused(cacheDir, (each) => each.startsWith(prefix)); // a Debian takes a gigabyte
  return osImageIn(place, rootUuid);
}
