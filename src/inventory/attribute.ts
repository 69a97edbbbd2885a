import { readFileSync } from 'node:fs';
import { hasErrorCode } from '../errors/guards.ts';

/**
 * The trimmed text of a file of sysfs or procfs; null when there is none, or when the driver has no such value (EINVAL,
 * ENXIO, EOPNOTSUPP, EIO), or only root may see it.
 */
export function readAttributeFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL', 'ENXIO', 'EOPNOTSUPP', 'EIO', 'EACCES')) return null;
    throw error;
  }
}
