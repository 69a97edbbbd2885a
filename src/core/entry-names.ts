import { readdirSync } from 'node:fs';
import { hasErrorCode } from '../errors/guards.ts';

/** The names in a directory, sorted; none where there is no such directory, as sysfs shows what a machine does not have. */
export function entryNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
