import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processesOf, startGuard } from './agent-processes.ts';
import { until } from './until.ts';

const program = path.join(import.meta.dirname, '../../scripts/ironhand.mjs');

/** The Node of the machine, which may be older than the pinned one. */
export const machineNode =
  ['/usr/bin/node', '/usr/local/bin/node'].find((file) => existsSync(file)) ?? process.execPath;

export interface CliOptions {
  /** Default: the pinned Node. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running `ironhand ...`, with all that it has said so far. */
export interface RunningCli {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  /** Exit code, or the signal that ended it. */
  ended(): Promise<number | string>;
}

export function startCli(args: readonly string[], { node = process.execPath, env = {} }: CliOptions = {}): RunningCli {
  const child = spawn(node, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, COLUMNS: '200', ...env },
  });
  const exit = once(child, 'close');
  const running: RunningCli = {
    child,
    stdout: '',
    stderr: '',
    async ended() {
      const [code, signal] = (await exit) as [number | null, string | null];
      return code ?? signal ?? 'unknown';
    },
  };
  child.stdout.on('data', (chunk: Buffer) => {
    running.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    running.stderr += chunk.toString();
  });
  return running;
}

/** Runs it to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}) {
  const running = startCli(args, options);
  const code = await running.ended();
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** A state directory of a test; whatever runs in it when the test ends, however it ends, is killed. */
export function guardedStateDir(): Disposable & { readonly path: string } {
  const directory = mkdtempSync(path.join(tmpdir(), 'ih-'));
  const guard = startGuard(directory);
  return { path: path.join(directory, 'state'), [Symbol.dispose]: () => guard.stdin?.end() };
}

/** Resolves when nothing runs any more that was started for this state directory. */
export async function nothingRuns(stateDir: string): Promise<void> {
  await until(() => processesOf(stateDir).length === 0, { withinMs: 20_000, what: 'the end of all processes' });
}
