import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockDevice } from '../../src/core/block-device.ts';
import { findOtherWriters } from '../../src/storage/other-writers.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import type { WireErasure } from '../support/erase-step.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { makeDisk } from '../support/make-block-device.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const mebibyte = 1024 ** 2;
const sizeBytes = 96 * mebibyte;
const kills = 30;
/** On a busy machine a process is heard of late, and has done more when it is killed. */
const fewestKills = 15;
const script = path.join(import.meta.dirname, '../support/erase-child.ts');

type Result = Readonly<Record<string, WireErasure>>;

interface Child {
  /** null while it is killed before it has one. */
  readonly result: Promise<Result | null>;
  readonly begun: Promise<void>;
  kill(): void;
}

function startChild(stateDir: string, devices: readonly string[]): Child {
  const child = spawn(process.execPath, [script, stateDir, ...devices], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const begun = Promise.withResolvers<void>();
  let result: Result | null = null;
  const lines = createInterface(child.stdout).on('line', (line) => {
    const told = JSON.parse(line) as { readonly message: string; readonly result?: Result };
    begun.resolve();
    result = told.result ?? null;
  });
  const closed = once(lines, 'close');
  return {
    begun: Promise.race([begun.promise, exit.then(() => undefined)]),
    kill: () => void child.kill('SIGKILL'),
    result: Promise.all([exit, closed]).then(([[code]]) => {
      if (code !== null) assert.equal(code, 0, 'it ends by itself only when it is done');
      return result;
    }),
  };
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return null; // it has ended
  }
}

/** Looks all the time who has one of the disks open for writing; tells who were two at once. */
async function watchWriters(disks: readonly BlockDevice[], signal: AbortSignal): Promise<readonly string[]> {
  const crowds: string[] = [];
  while (!signal.aborted) {
    for (const disk of disks) {
      const seen = findOtherWriters(disk);
      if (seen.length < 2) continue;
      // /proc is not read in one moment: only those that are there once more were there together.
      const again = new Set(findOtherWriters(disk).map(({ pid }) => pid));
      // A process that starts a program is two for a moment, until the program is loaded and the descriptors are closed.
      const isFork = (pid: number): boolean => seen.some((other) => other.pid === parentOf(pid));
      const both = seen.filter(({ pid }) => again.has(pid) && !isFork(pid));
      if (both.length > 1)
        crowds.push(`${disk.path}: ${both.map(({ pid, program }) => `${program} ${pid}`).join(', ')}`);
    }
    await sleep(5);
  }
  return crowds;
}

test(`killed ${fewestKills} to ${kills} times, an erase of eight disks ends clean, with one writer at a time and nothing counted twice`, async (t) => {
  using directory = temporaryDirectory();
  await using stack = new AsyncDisposableStack();
  const disks: LoopDevice[] = [];
  for (let number = 0; number < 8; number += 1) {
    const disk = stack.use(await createLoopDevice({ sizeBytes }));
    await sowCanaries(disk.path, { everyBytes: 128 * 1024 });
    disks.push(disk);
  }
  const paths = disks.map((disk) => disk.path);
  const watching = new AbortController();
  const writers = watchWriters(
    paths.map((device) => makeDisk(device)),
    watching.signal,
  );

  const delays: number[] = [];
  let child = startChild(directory.path, paths);
  stack.defer(async () => {
    watching.abort();
    child.kill();
    await child.result.catch(() => undefined);
  });
  let result: Result | null = null;
  while (delays.length < kills && result === null) {
    // One in five at any time, so that marks are being sown, or the erase is being taken up again.
    const isAnywhere = delays.length % 5 === 4;
    if (!isAnywhere) await child.begun;
    const delay = Math.random() * (isAnywhere ? 1500 : 110);
    await sleep(delay);
    child.kill();
    delays.push(Math.round(delay));
    const { result: last } = child;
    // Not waited for: the next one begins while the kernel still takes the dead one apart.
    child = startChild(directory.path, paths);
    result = await last;
  }
  result = (await child.result) ?? result;
  watching.abort();
  t.diagnostic(
    `killed ${delays.length} times, ${delays.join(', ')} ms after the first write (each fifth: after the start)`,
  );

  assert.ok(result);
  assert.ok(delays.length >= fewestKills, `killed ${delays.length} times only before it was done`);
  for (const disk of disks) {
    const erasure: WireErasure | undefined = result[disk.path];
    assert.equal(erasure?.clean, true, erasure?.reason ?? 'no result');
    assert.equal(erasure.bytes, 2 * sizeBytes, 'two passes, and nothing twice');
    assert.deepEqual(await findCanaries(disk.path), []);
  }
  assert.deepEqual(await writers, [], 'never two writers');
  const certificates = readdirSync(path.join(directory.path, 'certificates'));
  assert.equal(certificates.filter((name) => name.endsWith('.json')).length, disks.length + 1);
});
