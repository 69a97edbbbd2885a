import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../check-stages.ts';
import { markVariable, removeLeftovers } from './leftovers.ts';
import { parseReport, type ReportedEvent } from './reported-event.ts';

export interface Failure {
  readonly name: string;
  readonly error: string;
}

export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly skipped: readonly string[];
  readonly failures: readonly Failure[];
  readonly seconds: number;
  /** What the file printed. */
  readonly output: string;
}

export interface FileOptions {
  readonly timeoutSeconds: number;
  /** Seconds between the end of the last test and the end of the process. */
  readonly graceSeconds?: number;
  readonly signal?: AbortSignal;
}

interface Outcome {
  readonly exit: string | null;
  readonly killed: string | null;
  readonly output: string;
}

async function readEvents(reportFile: string): Promise<ReportedEvent[]> {
  return parseReport(await readFile(reportFile, 'utf8').catch(() => ''));
}

/** The file and all that it started in its process group. */
function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has just ended by itself
  }
}

/** Kills a file that takes too long: as a whole, or after its tests ended. Resolves with the reason, null if it was not needed. */
function guardTime(child: ChildProcess, reportFile: string, options: FileOptions): () => string | null {
  const { timeoutSeconds, graceSeconds = 20, signal } = options;
  const deadline = performance.now() + timeoutSeconds * 1000;
  let ended: number | null = null;
  let reason: string | null = null;
  const kill = (why: string): void => {
    reason ??= why;
    killGroup(child);
  };
  const check = async (): Promise<void> => {
    const now = performance.now();
    const last = (await readEvents(reportFile)).at(-1);
    if (last?.kind !== 'idle' && last?.kind !== 'end') ended = null;
    else ended ??= now;
    if (now > deadline) kill(`hangs: killed after ${timeoutSeconds} s`);
    else if (ended !== null && now > ended + graceSeconds * 1000) {
      kill(`hangs: its tests ended, but ${graceSeconds} s later something still kept the process alive`);
    }
  };
  const timer = setInterval(() => void check(), 250);
  const abort = (): void => kill('interrupted');
  signal?.addEventListener('abort', abort, { once: true });
  return () => {
    clearInterval(timer);
    signal?.removeEventListener('abort', abort);
    return reason;
  };
}

function execute(file: string, directory: string, reportFile: string, options: FileOptions): Promise<Outcome> {
  const reporter = path.join(import.meta.dirname, 'event-reporter.ts');
  const args = [`--test-reporter=${reporter}`, `--test-reporter-destination=${reportFile}`, file];
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { ...process.env, TMPDIR: directory, [markVariable]: directory, NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stop = guardTime(child, reportFile, options);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const exit = code === 0 ? null : (signal ?? `exit code ${code}`);
      const finish = (): void => resolve({ exit, killed: stop(), output: Buffer.concat(chunks).toString() });
      // A child that was left behind may hold the pipes open: `close` is not waited for without end.
      const late = setTimeout(() => {
        for (const stream of [child.stdout, child.stderr]) stream.destroy();
      }, 500);
      child.once('close', () => {
        clearTimeout(late);
        finish();
      });
    });
  });
}

/** What is wrong with the file as a whole, besides its tests. */
function wholeFileFailures(events: readonly ReportedEvent[], outcome: Outcome, leftovers: readonly string[]): string[] {
  const wrong: string[] = [];
  const has = (...kinds: readonly ReportedEvent['kind'][]): boolean => events.some(({ kind }) => kinds.includes(kind));
  if (outcome.killed) wrong.push(outcome.killed);
  else if (!has('pass', 'fail', 'skip') && !outcome.exit)
    wrong.push('has no tests, or exits before the first one is through');
  else if (!has('end')) wrong.push(`ended before its tests did (${outcome.exit ?? 'exit code 0'})`);
  else if (outcome.exit && !has('fail', 'stray')) wrong.push(`failed outside of its tests (${outcome.exit})`);
  wrong.push(...events.flatMap((event) => (event.kind === 'stray' ? [event.error] : [])));
  const warning = /^\(node:\d+\) .*Warning.*$/m.exec(outcome.output);
  if (warning) wrong.push(`warns: ${warning[0]}`);
  if (leftovers.length > 0) wrong.push(`left behind: ${leftovers.join('; ')}`);
  return wrong;
}

/** Runs one test file in a process, a process group and a temporary directory of its own. Never throws for what the file does. */
export async function runFile(file: string, options: FileOptions): Promise<FileResult> {
  const started = performance.now();
  // A short name: sockets live below it, and their paths may have no more than 107 characters (unix(7)).
  const directory = await mkdtemp(path.join(tmpdir(), 'ih-'));
  const reportFile = `${directory}.jsonl`;
  try {
    const outcome = await execute(file, directory, reportFile, options);
    const events = await readEvents(reportFile);
    const wrong = wholeFileFailures(events, outcome, await removeLeftovers(directory));
    return {
      file,
      passed: events.filter(({ kind }) => kind === 'pass').length,
      skipped: events.flatMap((event) => (event.kind === 'skip' ? [event.name] : [])),
      failures: [
        ...events.flatMap((event) => (event.kind === 'fail' ? [{ name: event.name, error: event.error }] : [])),
        ...wrong.map((error) => ({ name: 'the whole file', error })),
      ],
      seconds: (performance.now() - started) / 1000,
      output: outcome.output.trim(),
    };
  } finally {
    await rm(reportFile, { force: true });
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
