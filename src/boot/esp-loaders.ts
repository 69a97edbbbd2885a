import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Host } from '../core/job-context.ts';
import { type LoaderCsv, parseLoaderCsv } from './loader-csv.ts';
import { chooseLoaders, isLoaderCsv, type Loader } from './loaders.ts';

/** What an image may make us read: a broken FAT can hold directories that contain themselves. */
const depthLimit = 8;
const csvLimitBytes = 64 * 1024;

/** The loaders on a mounted EFI system partition, the one to boot first in front; what was passed over is logged. */
export async function loadersOn(directory: string, { log }: Pick<Host, 'log'>): Promise<readonly Loader[]> {
  const files = await filesUnder(directory, directory, depthLimit);
  const csvs = new Map<string, LoaderCsv | null>();
  for (const path of files.filter(isLoaderCsv)) csvs.set(path, parseLoaderCsv(await readStart(join(directory, path))));
  const { loaders, passedOver } = chooseLoaders(files, csvs, process.arch);
  for (const { path, reason } of passedOver) log.warn({ path, reason }, 'boot loader description not used');
  return loaders;
}

/** Regular files only; paths from `root`, with slashes. */
async function filesUnder(root: string, directory: string, depth: number): Promise<readonly string[]> {
  if (depth === 0) return [];
  const found: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isFile()) found.push(relative(root, path));
    if (entry.isDirectory()) found.push(...(await filesUnder(root, path, depth - 1)));
  }
  return found;
}

async function readStart(path: string): Promise<Uint8Array> {
  const file: FileHandle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(csvLimitBytes), 0, csvLimitBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
