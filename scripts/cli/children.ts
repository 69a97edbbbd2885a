import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withListeningSocket } from '../../src/config/listening-socket.ts';
import type { HeldPort } from './held-port.ts';
import type { ProcessSpec } from './process-table.ts';

/** A process that ended sooner than this is started again only after the same time, so that a broken one does not spin. */
const restartMilliseconds = 500;

/** A process that ignores SIGTERM for this long is killed. */
const stopMilliseconds = 15_000;

/** setpriv(1): a launcher that is killed leaves nothing running behind. */
const dieWithParent = ['--pdeathsig', 'TERM', '--'];

interface ChildEvents {
  /** A message over the process's channel, `{ready: true, ...}`. */
  message: [name: string, message: unknown];
  /** It ended without being asked to; it is started again, unless it never came up. */
  died: [name: string, how: string];
}

/**
 * Starts processes and starts them again when they die: on a laptop what systemd is in the ramdisk, and no more than that.
 * Their output goes to standard error.
 */
export class Children extends EventEmitter<ChildEvents> {
  readonly #running = new Map<string, ChildProcess>();
  #stopping = false;

  /** pid of a child; undefined while it is down. */
  pid(name: string): number | undefined {
    return this.#running.get(name)?.pid;
  }

  /** With a port: the process listens on the socket of that, and so does each that comes in its place. */
  start(spec: ProcessSpec, port: Pick<HeldPort, 'fd'> | null = null): void {
    const startedAt = Date.now();
    const socket = port?.fd ?? null;
    const { command, env } = commandOf(spec, socket !== null);
    const child = spawn('setpriv', [...dieWithParent, ...command], {
      env,
      stdio: [
        ...(['ignore', 2, 2] as const),
        ...(socket === null ? [] : [socket]),
        ...(spec.program === process.execPath ? (['ipc'] as const) : []),
      ],
      // A Ctrl-C in the terminal goes to the launcher alone, which stops its children in order.
      detached: true,
    });
    this.#running.set(spec.name, child);
    child.on('message', (message) => this.emit('message', spec.name, message));
    child.on('error', (error) => {
      // Without a pid it was never started, and no exit follows; with one a signal could not be sent.
      if (child.pid === undefined) this.#ended(spec, port, startedAt, error.message);
    });
    child.on('exit', (code, signal) =>
      this.#ended(spec, port, startedAt, signal ? `killed by ${signal}` : `exit code ${code}`),
    );
  }

  #ended(spec: ProcessSpec, port: Pick<HeldPort, 'fd'> | null, startedAt: number, how: string): void {
    this.#running.delete(spec.name);
    if (this.#stopping) return;
    this.emit('died', spec.name, how);
    const wait = Date.now() - startedAt < restartMilliseconds ? restartMilliseconds : 0;
    setTimeout(() => {
      if (!this.#stopping) this.start(spec, port);
    }, wait);
  }

  /** Stops all; the named one last, since the others need it to the end. */
  async stop(last: string): Promise<void> {
    this.#stopping = true;
    const base = this.#running.get(last);
    await Promise.all([...this.#running.values()].filter((child) => child !== base).map(stopChild));
    if (base) await stopChild(base);
  }
}

function commandOf({ program, args, env }: ProcessSpec, hasSocket: boolean) {
  const command = [program, ...args];
  if (!hasSocket) return { command, env };
  const passing = withListeningSocket(command);
  return { command: passing.command, env: { ...env, ...passing.env } };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const inTime = await Promise.race([exit.then(() => true), sleep(stopMilliseconds, false, { ref: false })]);
  if (!inTime) {
    child.kill('SIGKILL');
    await exit;
  }
}
