import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InjectionError } from './injection-error.ts';
import { statsOf } from './inside-root.ts';
import type { PlacedFile } from './put-file.ts';

/**
 * Compares what is in a file system that has been mounted anew with what should be; owner and permissions where it keeps them.
 * Throws InjectionError.
 */
export async function checkFile(root: string, { names, state }: PlacedFile, keepsOwners: boolean): Promise<void> {
  const place = join(root, ...names);
  const stats = await statsOf(place);
  const differs = (what: string): InjectionError => new InjectionError(`read back, ${what}`);
  if (state === null) {
    if (stats !== null) throw differs('it is still there');
    return;
  }
  if (!stats?.isFile()) throw differs('it is no regular file');
  if (stats.size !== state.bytes.length || !(await readFile(place)).equals(state.bytes)) {
    throw differs('its content is not what was written');
  }
  if (!keepsOwners) return;
  const found = { mode: stats.mode & 0o7777, owner: stats.uid, group: stats.gid };
  for (const key of ['mode', 'owner', 'group'] as const) {
    if (found[key] !== state[key]) throw differs(`its ${key} is ${found[key]} and should be ${state[key]}`);
  }
}
