import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AgentProcessName, agentProcesses, processesOf, startGuard } from './agent-processes.ts';
import { type HttpReply, type HttpRequestOptions, httpRequest } from './http-request.ts';
import { isRunning } from './is-running.ts';
import { until } from './until.ts';

const defaultToken = '678123';
const program = path.join(import.meta.dirname, '../../scripts/ironhand.mjs');

export interface AgentOptions {
  /** Default: `678123`. null starts it without one. */
  readonly token?: string | null;
  readonly devices?: readonly string[];
  readonly hardwareManagerDir?: string;
  readonly bootIdFile?: string;
  /** Looked up and heartbeated to; its token is that of the agent. Default: standalone. */
  readonly ironic?: { readonly url: string; readonly token: string };
  /** Without `ironic`; false has it without an Ironic that it knows of. Default: true. */
  readonly standalone?: boolean;
  /** Default: false. */
  readonly tls?: boolean;
  /** More flags, exactly as on the command line. */
  readonly args?: readonly string[];
  /** State of an agent that was stopped with `keepState`; a new directory by default. */
  readonly stateDir?: string;
}

/** The launcher kills what does not stop within 15 s. */
const stopWithinMs = 20_000;

/** An entry of `GET /v1/commands/`. */
export interface WireCommand {
  readonly id: string;
  readonly command_name: string;
  readonly command_status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CLEAN_VERSION_MISMATCH';
  readonly command_error: { readonly type: string; readonly code: number; readonly details: string } | null;
  readonly command_result: Readonly<Record<string, unknown>> | null;
  readonly progress?: { readonly phase: string; readonly done: number; readonly total: number | null };
}

/** A real `ironhand agent` in a process of its own: `await using agent = await startAgent()`. */
export class RunningAgent implements AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly stateDir: string;
  readonly #launcher: ChildProcess;
  readonly #guard: ChildProcess;
  readonly #output: () => string;

  constructor(parts: {
    readonly url: string;
    readonly token: string;
    readonly stateDir: string;
    readonly launcher: ChildProcess;
    readonly guard: ChildProcess;
    readonly output: () => string;
  }) {
    this.url = parts.url;
    this.token = parts.token;
    this.stateDir = parts.stateDir;
    this.#launcher = parts.launcher;
    this.#guard = parts.guard;
    this.#output = parts.output;
  }

  /** Everything that its processes wrote to standard error. */
  get log(): string {
    return this.#output();
  }

  get launcherPid(): number {
    return this.#launcher.pid ?? 0;
  }

  /** Process ids of its children now. */
  get pids(): Partial<Record<AgentProcessName, number>> {
    return agentProcesses(this.launcherPid);
  }

  /** Throws while that process is down. */
  pid(name: AgentProcessName): number {
    const pid = this.pids[name];
    if (pid === undefined) throw new Error(`${name} is not running`);
    return pid;
  }

  /** Ends one process at once and resolves, with the id that it had, when it is gone. */
  async kill(name: AgentProcessName): Promise<number> {
    const pid = this.pid(name);
    process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(pid), { withinMs: 5000, everyMs: 2, what: `end of ${name}` });
    return pid;
  }

  /** Resolves with the id of the process that came in the place of `old`. */
  async replaced(name: AgentProcessName, old: number): Promise<number> {
    return await until(() => this.pids[name] !== old && this.pids[name], { withinMs: 5000, what: `new ${name}` });
  }

  /** A request to a path; with the token in the query unless `token` says another (null: none). */
  async request(
    where: string,
    options: HttpRequestOptions & { readonly token?: string | null } = {},
  ): Promise<HttpReply> {
    const { token = this.token, ...rest } = options;
    const url = new URL(where, this.url);
    if (token !== null) url.searchParams.set('agent_token', token);
    return await httpRequest(url, rest);
  }

  /** POSTs a command; the answer with whatever status. */
  async post(name: string, params: object = {}, { wait = false } = {}): Promise<HttpReply> {
    const body = JSON.stringify({ name, params });
    const headers = { 'content-type': 'application/json' };
    return await this.request(`/v1/commands/?wait=${wait}`, { method: 'POST', body, headers });
  }

  /** POSTs a command that must be accepted; as the answer has it. */
  async accepted(name: string, params: object = {}, { wait = false } = {}): Promise<WireCommand> {
    const { status, text, json } = await this.post(name, params, { wait });
    if (status !== 200) throw new Error(`POST ${name}: ${status} ${text}`);
    return json as WireCommand;
  }

  /** All commands, oldest first. Throws for any status but 200. */
  async list(): Promise<readonly WireCommand[]> {
    const { status, text, json } = await this.request('/v1/commands/');
    if (status !== 200) throw new Error(`GET /v1/commands/: ${status} ${text}`);
    return (json as { commands: WireCommand[] }).commands;
  }

  /** The command as it stands. */
  async command(id: string): Promise<WireCommand> {
    const { status, text, json } = await this.request(`/v1/commands/${id}`);
    if (status !== 200) throw new Error(`GET /v1/commands/${id}: ${status} ${text}`);
    return json as WireCommand;
  }

  /** The command when it has ended, whatever processes die meanwhile. */
  async ended(id: string, withinMs = 30_000): Promise<WireCommand> {
    const probe = async (): Promise<WireCommand | null> => {
      const command = await this.command(id).catch(() => null);
      return command?.command_status === 'RUNNING' ? null : command;
    };
    return await until(probe, { withinMs, everyMs: 50, what: `end of command ${id}` });
  }

  /** Stops it in order; throws when one of its processes stays behind. The state directory stays with `keepState`. */
  async stop({ keepState = false } = {}): Promise<void> {
    if (this.#launcher.exitCode === null && this.#launcher.signalCode === null) {
      const exit = once(this.#launcher, 'exit');
      this.#launcher.kill('SIGTERM');
      const timer = setTimeout(() => this.#launcher.kill('SIGKILL'), stopWithinMs);
      await exit;
      clearTimeout(timer);
    }
    const left = processesOf(this.stateDir);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    this.#guard.kill('SIGKILL'); // there is nothing left for it to do
    if (!keepState) rmSync(path.dirname(this.stateDir), { recursive: true, force: true });
    if (left.length > 0) throw new Error(`the agent left processes behind: ${left.join(', ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Starts an agent on a free port of 127.0.0.1 in a state directory of its own and waits until it is ready. */
export async function startAgent(options: AgentOptions = {}): Promise<RunningAgent> {
  const stateDir = options.stateDir ?? newStateDir();
  const guard = startGuard(path.dirname(stateDir));
  const launcher = spawn(process.execPath, [program, 'agent', ...flags(options, stateDir)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  launcher.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ready = Promise.withResolvers<string>();
  let said = '';
  launcher.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const [, url] = /ready on ([^\s,]+)/.exec(said) ?? [];
    if (url) ready.resolve(url);
  });
  launcher.on('exit', (code, signal) => ready.reject(new Error(`the agent ended (${code ?? signal}): ${output}`)));
  const timer = setTimeout(() => ready.reject(new Error(`the agent is not ready after 20 s: ${output}`)), 20_000);
  try {
    const url = await ready.promise;
    const token = options.ironic?.token ?? options.token ?? defaultToken;
    return new RunningAgent({ url, token, stateDir, launcher, guard, output: () => output });
  } catch (error) {
    launcher.kill('SIGKILL');
    guard.stdin?.end(); // kills what is left and removes the directory
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function flags(options: AgentOptions, stateDir: string): readonly string[] {
  const { token = defaultToken, ironic, standalone = true, devices = [], bootIdFile, tls = false } = options;
  const { hardwareManagerDir = path.join(stateDir, 'no-managers') } = options;
  return [
    ...(ironic ? ['--api-url', ironic.url, '--advertise-host', '127.0.0.1', '--lookup-interval', '1'] : []),
    ...(ironic ? ['--mac-addresses', '52:54:00:12:34:56'] : []),
    ...(ironic || !standalone ? [] : ['--standalone']),
    ...['--listen-host', '127.0.0.1', '--listen-port', '0', '--state-dir', stateDir],
    ...['--image-allowed-networks', '127.0.0.0/8'],
    ...(token === null || ironic ? [] : ['--agent-token', token]),
    ...(tls ? [] : ['--no-tls']),
    ...(devices.length > 0 ? ['--devices', devices.join(',')] : []),
    ...['--hardware-manager-dir', hardwareManagerDir],
    ...(bootIdFile === undefined ? [] : ['--boot-id-file', bootIdFile]),
    ...(options.args ?? []),
  ];
}

/** In memory where there is such a file system: the append-only file is then as fast as in a ramdisk. */
function newStateDir(): string {
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const stateDir = path.join(mkdtempSync(path.join(base, 'ironhand-agent-')), 'state');
  mkdirSync(stateDir, { mode: 0o700 });
  return stateDir;
}
