import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { hasErrorCode } from '../errors/guards.ts';

const lookAgainMilliseconds = 5;

/** What is done under a lock takes milliseconds: who holds it for longer has died. */
const patienceMilliseconds = 2000;

/**
 * Runs `work` while no other process, of whatever container, does: by a lock file, open(2) with O_EXCL. It blocks, so it is
 * for the start of a process only. A lock that its holder left behind is taken over after two seconds.
 */
export function exclusively<T>(lockFile: string, work: () => T): T {
  takeLock(lockFile);
  try {
    return work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function takeLock(lockFile: string): void {
  let holder: bigint | undefined;
  let since = performance.now();
  for (;;) {
    try {
      closeSync(openSync(lockFile, 'wx', 0o600));
      return;
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
    const current = statSync(lockFile, { bigint: true, throwIfNoEntry: false })?.ctimeNs;
    if (current !== holder) {
      holder = current;
      since = performance.now();
    } else if (performance.now() - since > patienceMilliseconds) rmSync(lockFile, { force: true });
    sleep(lookAgainMilliseconds);
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
