import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { unescapeOctal } from '../storage/device-uses.ts';

/** The records that the kernel keeps over a reboot, or their place, are not as they should be. */
class PstoreError extends Error {
  override readonly name = 'PstoreError';
}

/** What the kernel says of its persistent storage (Documentation/ABI/testing/pstore). */
export interface PstoreFacts {
  /** The text of /proc/mounts. */
  readonly mounts: string;
  /** Name of what keeps the records; null where nothing does. */
  readonly backend: string | null;
}

export function readPstoreFacts(): PstoreFacts {
  return { mounts: readFileSync('/proc/mounts', 'utf8'), backend: readBackend() };
}

/** Where pstore is mounted; null where it is not (proc_pid_mounts(5): source, mount point, type, options). */
export function findPstore(mounts: string): string | null {
  for (const line of mounts.split('\n')) {
    const [, mountPoint, type] = line.split(' ');
    if (type === 'pstore' && mountPoint) return unescapeOctal(mountPoint);
  }
  return null;
}

/**
 * Deletes every record that the kernel has kept (crash logs hold memory of whoever used the machine), and looks that none is left.
 * Deleting one removes it from the firmware too, so the latch is asked. Returns how many there were. Throws SafetyLatchError,
 * PstoreError, or the reason of the signal.
 */
export async function clearPstore(
  { latch, signal, log }: Pick<Host, 'latch' | 'signal' | 'log'>,
  { mounts, backend }: PstoreFacts,
): Promise<number> {
  latch.permit({ kind: 'nvram' });
  const directory = findPstore(mounts);
  if (directory === null) {
    if (backend === null) return 0;
    throw new PstoreError(`${backend} keeps records of the kernel, but pstore is not mounted: nobody can see them`);
  }
  const records = await entriesOf(directory);
  for (const record of records) {
    signal.throwIfAborted();
    await rm(join(directory, record), { recursive: true }).catch((error: unknown) => {
      throw new PstoreError(`cannot delete ${join(directory, record)}: ${errorText(error)}`, { cause: error });
    });
  }
  const left = await entriesOf(directory);
  if (left.length > 0) throw new PstoreError(`${directory} still has ${left.join(', ')}`);
  log.info({ directory, records: records.length }, 'records of the kernel deleted');
  return records.length;
}

async function entriesOf(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((error: unknown) => {
    throw new PstoreError(`cannot read ${directory}: ${errorText(error)}`, { cause: error });
  });
}

/** `(null)` where no backend is registered; the file is not there where the kernel has no pstore. */
function readBackend(): string | null {
  try {
    const backend = readFileSync('/sys/module/pstore/parameters/backend', 'utf8').trim();
    return backend === '' || backend === '(null)' ? null : backend;
  } catch {
    return null;
  }
}
