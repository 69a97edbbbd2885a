import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { exclusively } from '../../../src/queue/exclusive.ts';
import { thisProcess } from '../../../src/queue/job-owner.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const elsewhere = { ...thisProcess(), pidNamespace: 'pid:[1]', id: 'a' };

describe('a lock', () => {
  let dir: ReturnType<typeof temporaryDirectory>;
  let lockFile: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    dir = temporaryDirectory();
    lockFile = path.join(dir.path, 'lock');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    dir[Symbol.dispose]();
  });

  /** A process that keeps the lock for so long; it has it when it has sent a message. */
  function holder(milliseconds: number): ChildProcess {
    const child = fork(path.join(import.meta.dirname, 'hold-lock.ts'), [lockFile, `${milliseconds}`]);
    children.push(child);
    return child;
  }

  it('is given back, whatever comes of the work', () => {
    assert.equal(
      exclusively(lockFile, () => readdirSync(dir.path).length),
      1,
    );
    assert.throws(() => exclusively(lockFile, () => assert.fail('bad work')), /bad work/);
    assert.deepEqual(readdirSync(dir.path), []);
  });

  it('stays with a slow process for as long as that lives', async () => {
    const slow = holder(3000);
    await once(slow, 'message');
    const since = performance.now();
    exclusively(lockFile, () => undefined);
    assert.ok(performance.now() - since > 2500, `had it after ${performance.now() - since} ms`);
  });

  it('is taken over at once from a process that was killed', async () => {
    const killed = holder(60_000);
    await once(killed, 'message');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const since = performance.now();
    exclusively(lockFile, () => undefined);
    assert.ok(performance.now() - since < 1000);
    assert.deepEqual(readdirSync(dir.path), []);
  });

  it('is taken over from a process of another container after half a minute', (t) => {
    symlinkSync(JSON.stringify(elsewhere), lockFile);
    let seconds = 0;
    t.mock.method(performance, 'now', () => {
      seconds += 1;
      return seconds * 1000;
    });
    exclusively(lockFile, () => undefined);
    assert.ok(seconds > 30 && seconds < 40, `${seconds} s`);
  });

  it('leaves each holder of another container half a minute of its own', (t) => {
    symlinkSync(JSON.stringify(elsewhere), lockFile);
    let seconds = 0;
    t.mock.method(performance, 'now', () => {
      seconds += 1;
      if (seconds === 20) {
        rmSync(lockFile);
        symlinkSync(JSON.stringify({ ...elsewhere, id: 'b' }), lockFile);
      }
      return seconds * 1000;
    });
    exclusively(lockFile, () => undefined);
    assert.ok(seconds > 50, `${seconds} s`);
  });

  it('that another has taken over is not taken from that one', () => {
    exclusively(lockFile, () => {
      rmSync(lockFile);
      symlinkSync('of another', lockFile);
    });
    assert.equal(readlinkSync(lockFile), 'of another');
  });
});
