import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode } from '../../src/errors/guards.ts';

/** In the ramdisk there is nothing but bundles, this file in one of them; in a checkout it is a source, and bundles are in dist/. */
export const isInstalled = path.extname(import.meta.filename) === '.mjs';

/** Where package.json and node_modules are. */
export const appDir = isInstalled ? import.meta.dirname : path.resolve(import.meta.dirname, '../..');
export const bundleDir = path.join(appDir, 'dist');
/** Says of which sources the bundle is. */
export const bundleStamp = path.join(bundleDir, 'stamp');

const sources = ['api', 'workers', 'src', 'package-lock.json'];

/** The program of a process: the bundle beside this one, in a checkout that in dist/ while it is of these very sources, else the source. */
export function entryPoint(bundle: string, source: string): string {
  if (isInstalled) return path.join(appDir, bundle);
  return isBundleCurrent() ? path.join(bundleDir, bundle) : path.join(appDir, source);
}

function isBundleCurrent(): boolean {
  try {
    return readFileSync(bundleStamp, 'utf8') === sourceStamp();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Names, sizes and times of all source files, in short; changes whenever one of them does. */
export function sourceStamp(): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((name) => filesIn(path.join(appDir, name)))) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${path.relative(appDir, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesIn(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
