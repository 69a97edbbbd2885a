import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from '../support/is-running.ts';

const runner = new URL('../../src/tools/run.ts', import.meta.url).href;
const program = 'echo $$ > "$0"; exec sleep 60';

test('a program dies with the worker that was killed with -9', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-runner-'));
  const pidFile = join(directory, 'pid');
  const worker = join(directory, 'worker.ts');
  const log = '{ info() {}, warn() {} }';
  const latch = '{ open: true, devices: [], permit() {} }';
  const call = JSON.stringify({ program: 'sh', args: ['-c', program, pidFile], effect: { kind: 'read' } });
  await writeFile(
    worker,
    `import { createToolRunner } from ${JSON.stringify(runner)};
     await createToolRunner({ latch: ${latch}, log: ${log} })(${call});`,
  );
  try {
    const child = spawn(process.execPath, [worker], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    const pid = await readPid(pidFile);
    assert.ok(isRunning(pid), 'the program runs');
    child.kill('SIGKILL');
    await exited;
    await waitFor(() => !isRunning(pid), 'the program outlived its worker');
  } finally {
    await rm(directory, { recursive: true });
  }
});

async function readPid(file: string): Promise<number> {
  let pid = Number.NaN;
  await waitFor(async () => {
    pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
    return pid > 0;
  }, 'the program never began');
  return pid;
}

async function waitFor(holds: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await holds()) return;
    await delay(50);
  }
  assert.fail(otherwise);
}
