import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode } from '../../src/errors/guards.ts';

export const appDir = path.resolve(import.meta.dirname, '../..');
export const bundleDir = path.join(appDir, 'dist');
/** Says of which sources the bundle is. */
export const bundleStamp = path.join(bundleDir, 'stamp');

const sources = ['api', 'workers', 'src', 'package-lock.json'];

/** The program of a process: its bundle while that is of these very sources, else the source. */
export function entryPoint(bundle: string, source: string): string {
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
