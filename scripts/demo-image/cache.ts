import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface DemoImage {
  /** A raw disk image. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
}

const imageName = 'disk.raw';
const factsName = 'image.json';
const folderPrefix = 'demo-image-';
const workPrefix = 'demo-image.work-';

/** A hash of the program that builds the image: when that changes, so does the image. */
export function recipeHash(sourceFiles: readonly string[]): string {
  const hash = createHash('sha256').update(process.arch);
  for (const file of sourceFiles.toSorted()) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** The finished image of this recipe, or null. */
export async function findImage(cacheDir: string, recipe: string): Promise<DemoImage | null> {
  const folder = path.join(cacheDir, folderPrefix + recipe);
  const text = await readFile(path.join(folder, factsName), 'utf8').catch(() => null);
  if (text === null) return null;
  const { sizeBytes, sha256 } = JSON.parse(text) as Pick<DemoImage, 'sizeBytes' | 'sha256'>;
  return { path: path.join(folder, imageName), sizeBytes, sha256 };
}

/** A folder to build in, on the file system of the cache; those of builds that were killed are removed. */
export async function openWorkFolder(cacheDir: string): Promise<string> {
  await mkdir(cacheDir, { recursive: true });
  for (const name of await readdir(cacheDir)) {
    const pid = name.startsWith(workPrefix) ? name.slice(workPrefix.length).split('-')[0] : undefined;
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(path.join(cacheDir, name), { recursive: true, force: true });
  }
  return mkdtemp(path.join(cacheDir, `${workPrefix}${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Where the image is to be built within a work folder. */
export function imageIn(work: string): string {
  return path.join(work, 'result', imageName);
}

/** Gives the image its place. Of two that were built at the same time, one wins and both callers get it. */
export async function publishImage(work: string, cacheDir: string, recipe: string): Promise<DemoImage> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(imageIn(work), { highWaterMark: 1 << 20 }), hash);
  const facts = { sizeBytes: (await stat(imageIn(work))).size, sha256: hash.digest('hex') };
  await writeFile(path.join(work, 'result', factsName), `${JSON.stringify(facts)}\n`);
  const folder = path.join(cacheDir, folderPrefix + recipe);
  try {
    await rename(path.join(work, 'result'), folder);
  } catch (error) {
    const other = await findImage(cacheDir, recipe);
    if (other) return other;
    throw error;
  }
  return { path: path.join(folder, imageName), ...facts };
}

/** Images of other recipes: each takes some hundred MiB. */
export async function removeOldImages(cacheDir: string, recipe: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const old = name.startsWith(folderPrefix) && name !== folderPrefix + recipe;
    if (old) await rm(path.join(cacheDir, name), { recursive: true, force: true });
  }
}
