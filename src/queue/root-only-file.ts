import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { errorText, hasErrorCode } from '../errors/guards.ts';

/**
 * Writes a file that only its owner can touch. Whoever reads it meanwhile sees the old text or the new one, never a part.
 * Nothing of the text is left behind where that fails.
 */
export function writeRootOnly(file: string, text: string): void {
  // A random name and no pid: the processes of several containers share the directory and may have the same pid.
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, file);
  } catch (error) {
    wipeAfter(error, unfinished);
    throw error;
  }
}

function wipeAfter(error: unknown, unfinished: string): void {
  try {
    wipeFile(unfinished);
  } catch (left) {
    throw new Error(`${errorText(error)}; what was written is not wiped: ${errorText(left)}`, { cause: left });
  }
}

/** Overwrites a file, then removes it, also where it cannot be overwritten; nothing happens where there is none. */
export function wipeFile(file: string): void {
  try {
    overwrite(file);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  } finally {
    rmSync(file, { force: true });
  }
}

function overwrite(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, Buffer.alloc(statSync(file).size), 0, undefined, 0);
  } finally {
    closeSync(descriptor);
  }
}

/** The file of one job in a directory of the state. Throws when the id could lead out of that directory. */
export function jobFile(dir: string, jobId: string): string {
  if (!/^[\w-]+$/.test(jobId)) throw new TypeError(`expected the id of a job, found ${JSON.stringify(jobId)}`);
  return path.join(dir, `${jobId}.json`);
}
