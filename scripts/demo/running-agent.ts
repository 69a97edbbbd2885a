import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';

/** `ironhand agent` as a user starts it, its log in a file. */
export class DemoAgent {
  readonly #child: ChildProcess;

  constructor(flags: readonly string[], logFile: string) {
    const program = path.join(import.meta.dirname, '../ironhand.mjs');
    this.#child = spawn(process.execPath, [program, 'agent', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C goes to the demo alone, which stops things in order.
      detached: true,
    });
    this.#child.stderr?.pipe(createWriteStream(logFile, { mode: 0o600 }));
  }

  /** The line that it prints when it is ready. Throws when it ends before that. */
  async ready(): Promise<string> {
    const { stdout } = this.#child;
    if (!stdout) throw new Error('the agent has no output');
    const line = once(stdout.setEncoding('utf8'), 'data').then(([text]) => String(text).trim());
    const end = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`the agent ended before it was ready (exit code ${String(code)})`);
    });
    end.catch(() => undefined);
    return await Promise.race([line, end]);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}
