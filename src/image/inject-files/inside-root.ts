import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../errors/guards.ts';
import { InjectionError } from './injection-error.ts';

/** A directory of a mounted file system, as far as it is there. */
export interface DirectoryInside {
  /** Its real components below the root, none of them a link. */
  readonly names: readonly string[];
  /** What has to be made below them; empty where the directory is there. */
  readonly missing: readonly string[];
}

/** As many as the kernel follows (path_resolution(7)). */
const maximumLinks = 40;

/**
 * Finds the directory that a path leads to once `root` is the root of the system: links are followed, absolute ones from
 * `root` on, and `..` ends there, so that nothing leads out of it. Nobody else has the file system, so what was looked at stays as
 * it is. Throws InjectionError for what is no directory, and for links in a circle.
 */
export async function directoryInside(root: string, path: readonly string[]): Promise<DirectoryInside> {
  const names: string[] = [];
  const ahead = [...path];
  let links = 0;
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    if (name === '..') {
      names.pop();
      continue;
    }
    const place = join(root, ...names, name);
    const stats = await statsOf(place);
    if (stats === null) return { names, missing: checkMissing([name, ...ahead]) };
    if (stats.isDirectory()) {
      names.push(name);
      continue;
    }
    const shown = show([...names, name]);
    if (!stats.isSymbolicLink()) throw new InjectionError(`${shown} on its way is no directory`);
    links += 1;
    if (links > maximumLinks) throw new InjectionError(`${shown} on its way is a link in a circle`);
    const target = await readlink(place);
    if (target.startsWith('/')) names.length = 0;
    ahead.unshift(...target.split('/').filter((part) => part !== '' && part !== '.'));
  }
  return { names, missing: [] };
}

function checkMissing(missing: readonly string[]): readonly string[] {
  // Of a link that leads nowhere: what `..` would be there, nobody knows.
  if (missing.includes('..')) throw new InjectionError('a link on its way leads to a directory that is not there');
  return missing;
}

/** What is at a place, without following a link; null where nothing is. */
export async function statsOf(place: string): Promise<Stats | null> {
  try {
    return await lstat(place);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A path in the file system, as its users write it. */
export function show(names: readonly string[]): string {
  return `/${names.join('/')}`;
}
