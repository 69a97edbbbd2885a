import { execa } from 'execa';
import type { JobLog } from '../core/job-context.ts';
import type { SafetyLatch } from '../core/safety-latch.ts';
import type { RunTool, ToolCall, ToolNeed, ToolResult } from '../core/tool.ts';
import { logCall } from './log-call.ts';
import { permitCall } from './permit-call.ts';
import { endOfGroup, killGroup } from './process-group.ts';
import { type Ending, failureOf, stderrTailBytes, surroundings, wrap, wrapper } from './spawn-rules.ts';
import { createTail } from './tail.ts';

/** Every program is started by it; see `wrap`. */
export const need: ToolNeed = { program: wrapper, package: 'util-linux' };

const stdoutLimitBytes = 64 * 1024 * 1024;
const defaultTimeoutSeconds = 60;

export interface ToolRunnerOptions {
  readonly latch: SafetyLatch;
  readonly log: JobLog;
  /** Kills whatever runs when the job is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * The only door to other programs. Asks the safety latch first; no shell, no inherited environment, no inherited input.
 * A program that takes too long, floods its output or is aborted is killed with its whole process group, and the call
 * ends only when it is dead. Throws ToolError; of standard error only the last 4 KiB are kept. Where data flows through a
 * program, see startTool.
 */
export function createToolRunner(options: ToolRunnerOptions): RunTool {
  return async (call) => {
    permitCall(call, options.latch);
    const started = performance.now();
    const outcome = await spawn(
      call,
      [call.evenWhenAborted ? undefined : options.signal, call.signal].filter((signal) => signal !== undefined),
    );
    const failure = failureOf(call, outcome, call.okExitCodes);
    logCall(options.log, call, outcome, { started, failed: failure !== null });
    if (failure) throw failure;
    return { stdout: outcome.stdout, stderr: outcome.stderr, exitCode: outcome.exitCode ?? 0 } satisfies ToolResult;
  };
}

interface Outcome extends Ending {
  readonly stdout: string;
}

async function spawn(call: ToolCall, signals: readonly AbortSignal[]): Promise<Outcome> {
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted) {
    const interrupted = { why: 'aborted before it began', cause: aborted.reason };
    return { stdout: '', stderr: '', exitCode: null, interrupted };
  }
  const timeoutSeconds = call.timeoutSeconds ?? defaultTimeoutSeconds;
  const stderr = createTail(stderrTailBytes);
  const stdout: Buffer[] = [];
  let stdoutBytes = 0;
  let interrupted: Outcome['interrupted'];
  const child = execa(wrapper, wrap(call), {
    ...(call.input === undefined ? { stdin: 'ignore' } : { input: call.input }),
    ...surroundings,
    extendEnv: false,
    // A process group of its own, so that what it starts can be killed with it.
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    encoding: 'buffer',
    // execa would copy the output into the message of a failure, which takes seconds for a large one.
    buffer: false,
  });
  const interrupt = (why: string, cause?: unknown): void => {
    interrupted ??= { why, cause };
    killGroup(child.pid);
    child.nodeChildProcess.once('exit', () => {
      // A descendant that left the group may still hold the pipes; nobody waits for it.
      setImmediate(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      });
    });
  };
  child.stderr.on('data', stderr.push);
  child.stdout.on('data', (chunk: Buffer) => {
    stdoutBytes += chunk.length;
    if (stdoutBytes <= stdoutLimitBytes) stdout.push(chunk);
    else interrupt(`killed because it wrote more than ${stdoutLimitBytes} bytes`);
  });
  const timer = setTimeout(() => interrupt(`killed after ${timeoutSeconds} s`), timeoutSeconds * 1000);
  const onAbort = (event: Event): void => interrupt('aborted', (event.target as AbortSignal).reason);
  for (const signal of signals) signal.addEventListener('abort', onAbort);
  try {
    const result = await child;
    if (child.pid === undefined) interrupted ??= { why: `${wrapper} could not be started`, cause: result };
    if (result.signal) interrupted ??= { why: `ended by ${result.signal}` };
    if (interrupted) await endOfGroup(child.pid);
    const exitCode = interrupted ? null : (result.exitCode ?? null);
    const output = { stdout: Buffer.concat(stdout).toString('utf8'), stderr: stderr.text() };
    return { ...output, exitCode, ...(interrupted ? { interrupted } : {}) };
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
  }
}
