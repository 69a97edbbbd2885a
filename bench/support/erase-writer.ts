import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { frugal, storageThreads } from '../../scripts/cli/process-table.ts';
import { benchBundle } from './bundle-options.ts';
import type { EraseOutcome, EraseTask } from './erase-once.ts';

const execute = promisify(execFile);

/** Overwrites disks in a process of its own, from a bundle, with the flags and the environment of a worker. */
export interface EraseWriter extends AsyncDisposable {
  erase(task: EraseTask): Promise<EraseOutcome>;
}

export async function createEraseWriter(): Promise<EraseWriter> {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-bench-eraser-'));
  const script = join(directory, 'erase-once.mjs');
  await build({
    ...benchBundle,
    entryPoints: ['bench/support/erase-once.ts'],
    outfile: script,
  });
  return {
    async erase(task) {
      const env = { ...process.env, ...storageThreads };
      const { stdout } = await execute(process.execPath, [...frugal, script, JSON.stringify(task)], { env });
      return JSON.parse(stdout) as EraseOutcome;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
