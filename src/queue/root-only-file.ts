import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { errorText, hasErrorCode } from '../errors/guards.ts';

/**
 * Writes a file that only its owner can touch. Whoever reads it meanwhile sees the old text or the new one, never a part.
 * Nothing of the text is left behind where that fails.
 */
export function writeRootOnly(file: string, text: string): void {
  writeWhole(file, text, 0o600);
}

/**
 * The same for what the api reads although a worker writes it: in the ramdisk such a file is in a directory that hands the group of
 * the api on (`shareState`); anywhere else that directory is for its owner alone.
 */
export function writeForApi(file: string, text: string): void {
  writeWhole(file, text, 0o640);
}

function writeWhole(file: string, text: string, mode: number): void {
  // A random name and no pid: the processes of several containers share the directory and may have the same pid.
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
    if (mode !== 0o600) chmodSync(unfinished, mode); // whatever the umask says
    renameSync(unfinished, file);
  } catch (error) {
    wipeAfter(error, unfinished);
    throw error;
  }
}

/**
 * The text of a file in a directory that another user may write to. Throws for a link, which could lead anywhere, and for anything
 * that is no file, which could keep us waiting.
 */
export function readOthersFile(file: string): string {
  const descriptor = openPlainFile(file, constants.O_RDONLY);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function openPlainFile(file: string, flags: number): number {
  const descriptor = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const found = fstatSync(descriptor);
  if (found.isFile() && found.nlink <= 1) return descriptor;
  closeSync(descriptor);
  throw new Error(`${file}: expected a plain file of one name, found something else`);
}

function wipeAfter(error: unknown, unfinished: string): void {
  try {
    wipeFile(unfinished);
  } catch (left) {
    throw new Error(`${errorText(error)}; what was written is not wiped: ${errorText(left)}`, { cause: left });
  }
}

/** Overwrites a file, then removes it, also where it cannot be overwritten; nothing happens where there is none. A link is only removed. */
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
  const descriptor = openPlainFile(file, constants.O_RDWR);
  try {
    writeSync(descriptor, Buffer.alloc(fstatSync(descriptor).size), 0, undefined, 0);
  } finally {
    closeSync(descriptor);
  }
}

/** The file of one job in a directory of the state. Throws when the id could lead out of that directory. */
export function jobFile(dir: string, jobId: string): string {
  if (!/^[\w-]+$/.test(jobId)) throw new TypeError(`expected the id of a job, found ${JSON.stringify(jobId)}`);
  return path.join(dir, `${jobId}.json`);
}
