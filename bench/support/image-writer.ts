import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { frugal } from '../../scripts/cli/process-table.ts';
import { benchBundle } from './bundle-options.ts';
import type { WriteOutcome, WriteTask } from './write-once.ts';

const execute = promisify(execFile);

/** Runs writeImage in a process of its own, from a bundle and with the flags of a worker. */
export interface ImageWriter extends AsyncDisposable {
  /** `temporaryFiles` are the names of all files that were made in its temporary directory, however short they lived. */
  write(task: WriteTask): Promise<WriteOutcome & { readonly temporaryFiles: readonly string[] }>;
}

export async function createImageWriter(): Promise<ImageWriter> {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-bench-writer-'));
  await build({
    ...benchBundle,
    entryPoints: {
      'write-once': 'bench/support/write-once.ts',
      'hash-thread-main': 'src/image/stream/hash-thread-main.ts',
      'decompress-thread-main': 'src/image/compression/decompress-thread-main.ts',
      'cluster-thread-main': 'src/image/qcow2/cluster-thread-main.ts',
    },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
  });
  return {
    async write(task) {
      const temporary = await mkdtemp(join(directory, 'temporary-'));
      const seen = new Set<string>();
      const watcher = watch(temporary, (_event, name) => void seen.add(String(name)));
      try {
        const script = join(directory, 'write-once.mjs');
        const env = { ...process.env, TMPDIR: temporary };
        const args = [...frugal, script, JSON.stringify(task)];
        const { stdout } = await execute(process.execPath, args, { env, maxBuffer: 2 ** 28 });
        return { ...(JSON.parse(stdout) as WriteOutcome), temporaryFiles: [...seen] };
      } finally {
        watcher.close();
        await rm(temporary, { recursive: true, force: true });
      }
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
