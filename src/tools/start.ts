import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Host } from '../core/job-context.ts';
import type { ToolCall } from '../core/tool.ts';
import { logCall } from './log-call.ts';
import { permitCall } from './permit-call.ts';
import { endOfGroup, killGroup } from './process-group.ts';
import { type Ending, failureOf, stderrTailBytes, surroundings, wrap, wrapper } from './spawn-rules.ts';
import { createTail } from './tail.ts';

/** A program that data flows through. There is no time limit: it takes as long as its input does. */
export interface StreamingCall extends Pick<ToolCall, 'program' | 'args' | 'effect'> {
  /** The Debian package that brings it, for the error when it is missing. */
  readonly package: string;
}

/** A program that runs, with its ends of the pipes. */
export interface RunningTool {
  readonly pid: number | undefined;
  /** Resolves when the pipe took all bytes, and they may change; false when the program does not read any more. */
  write(bytes: Uint8Array): Promise<boolean>;
  endInput(): void;
  /** What it writes. Must be read to its end for `ended` to settle; it also ends when the program is killed. */
  readonly output: AsyncIterator<Buffer>;
  /** Settles when it has ended, a killed one with its whole process group: the end of its standard error, or a ToolError. */
  readonly ended: Promise<string>;
  kill(why: string, cause?: unknown): void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a program by the rules of the tool runner: latch first, no shell, no inherited environment, killed with its process
 * group when the job is aborted or the worker dies, logged when it ended. Throws SafetyLatchError, and ToolError where the job
 * is aborted already.
 */
export function startTool(call: StreamingCall, host: Pick<Host, 'latch' | 'log' | 'signal'>): RunningTool {
  permitCall(call, host.latch);
  const { signal } = host;
  const notBegun = { why: 'aborted before it began', cause: signal.reason };
  const refusal = signal.aborted && failureOf(call, { exitCode: null, stderr: '', interrupted: notBegun });
  if (refusal) throw refusal;

  // A process group of its own, so that what it starts can be killed with it.
  const child = spawn(wrapper, wrap(call), { ...surroundings, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let interrupted: Ending['interrupted'];
  const kill = (why: string, cause?: unknown): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    interrupted ??= { why, cause };
    killGroup(child.pid);
    child.stdin.destroy();
    // A descendant that left the group may still hold the pipes; nobody waits for it.
    child.once('exit', () => setImmediate(() => [child.stdout, child.stderr].forEach((pipe) => void pipe.destroy())));
  };
  const onAbort = (): void => kill('aborted', signal.reason);
  signal.addEventListener('abort', onAbort);
  // EPIPE: it has stopped reading; its exit code tells why.
  child.stdin.on('error', () => undefined);
  // Node lets unread output flow away when the program exits, unless somebody listens.
  child.stdout.on('readable', () => undefined);

  const ended = watch(child, call, host, () => interrupted).finally(() => signal.removeEventListener('abort', onAbort));
  ended.catch(() => undefined);
  return {
    pid: child.pid,
    write: (bytes) => new Promise((resolve) => child.stdin.write(bytes, (error) => resolve(!error))),
    endInput: () => void child.stdin.end(),
    output: outputOf(child),
    ended,
    kill,
  };
}

async function* outputOf({ stdout }: Child): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of stdout) yield chunk as Buffer;
  } catch {
    // Destroyed because the program was killed: `ended` says why.
  }
}

async function watch(
  child: Child,
  call: StreamingCall,
  { log }: Pick<Host, 'log'>,
  interruption: () => Ending['interrupted'],
): Promise<string> {
  const started = performance.now();
  const tail = createTail(stderrTailBytes);
  child.stderr.on('data', tail.push);
  const end = await new Promise<Ending>((resolve) => {
    child.on('error', (cause) => {
      resolve({ exitCode: null, stderr: '', interrupted: { why: `${wrapper} could not be started`, cause } });
    });
    child.on('close', (code, by) => {
      const interrupted = interruption() ?? (by ? { why: `ended by ${by}` } : undefined);
      resolve({ exitCode: interrupted ? null : code, stderr: tail.text(), interrupted });
    });
  });
  if (end.interrupted) await endOfGroup(child.pid);
  const failure = failureOf(call, end, [0], call.package);
  logCall(log, call, end, { started, failed: failure !== null });
  if (failure) throw failure;
  return end.stderr;
}
