import { randomUUID } from 'node:crypto';
import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { hasErrorCode } from '../errors/guards.ts';
import { isAlive, type JobOwner, thisProcess } from './job-owner.ts';

/** Who holds a lock, in the target of a symbolic link: made and read in one step, so that nobody ever sees a part of it. */
interface Holder extends JobOwner {
  /** Tells this lock from every other one of the same process. */
  readonly id: string;
}

const lookAgainMilliseconds = 5;

/** What is done under a lock takes milliseconds. Of a process of another container only this tells that it has died. */
const othersPatienceMilliseconds = 30_000;

/**
 * Runs `work` while no other process, of whatever container, does: by a lock file, symlink(2). It blocks, so it is for the
 * start of a process only. A lock is taken over when its holder has died, one of another container after 30 seconds.
 */
export function exclusively<T>(lockFile: string, work: () => T): T {
  const own = JSON.stringify({ ...thisProcess(), id: randomUUID() } satisfies Holder);
  takeLock(lockFile, own);
  try {
    return work();
  } finally {
    if (read(lockFile) === own) rmSync(lockFile, { force: true });
  }
}

/** Names that locks have in their directory: that of the lock, and those under which a dead one is removed. */
export function isLockName(name: string, lockName: string): boolean {
  return name === lockName || name.startsWith(`${lockName}.`);
}

function takeLock(lockFile: string, own: string): void {
  let seen: string | null = null;
  let since = performance.now();
  while (!create(lockFile, own)) {
    const current = read(lockFile);
    if (current !== seen) {
      seen = current;
      since = performance.now();
    }
    if (current !== null && isDead(current, performance.now() - since)) remove(lockFile, current);
    else sleep(lookAgainMilliseconds);
  }
}

/** False when somebody holds it. */
function create(lockFile: string, text: string): boolean {
  try {
    symlinkSync(text, lockFile);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** null when nobody holds it, empty when it is no lock of ours. */
function read(lockFile: string): string | null {
  try {
    return readlinkSync(lockFile);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    if (hasErrorCode(error, 'EINVAL')) return ''; // not a symbolic link, readlink(2)
    throw error;
  }
}

function isDead(text: string, waitedMilliseconds: number): boolean {
  const holder = parse(text);
  if (holder === null) return true;
  if (holder.pidNamespace !== thisProcess().pidNamespace) return waitedMilliseconds > othersPatienceMilliseconds;
  return !isAlive(holder);
}

function parse(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

/** Under a lock of its own for each dead one: of several that wait, none may remove what another has taken since. */
function remove(lockFile: string, dead: string): void {
  exclusively(`${lockFile}.${parse(dead)?.id ?? 'unknown'}`, () => {
    if (read(lockFile) === dead) rmSync(lockFile, { force: true });
  });
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
