import { setTimeout as sleep } from 'node:timers/promises';
import type { StepProcess } from '../../src/core/ironic-node.ts';
import { type HttpAnswer, HttpClient } from '../../src/ironic/http-client.ts';
import type { StandInIronic } from './stand-in-ironic.ts';

export interface ConductorClientOptions {
  /** As the heartbeat told it: no slash at the end. */
  readonly callbackUrl: string;
  readonly token: string | null;
  /** The one certificate to trust, as the heartbeat told it. */
  readonly verifyCa?: string | null;
  /** Conductors before 29.0 send no token with a GET. Default: true. */
  readonly tokenOnGet?: boolean;
  /** Default: 60, as a conductor has it. */
  readonly timeoutSeconds?: number;
}

/** One entry of `GET /v1/commands/`, with what a conductor reads. */
export interface ConductorView {
  readonly id: string;
  readonly command_name: string;
  readonly command_status: string;
  readonly command_error: { type: string; code: number; message: string; details: string } | null;
  readonly command_result: Readonly<Record<string, unknown>> | null;
  readonly progress?: unknown;
}

export interface OfferedStep {
  readonly step: string;
  readonly interface: string;
  readonly priority: number;
}

/** How a started command is waited for. */
export interface WaitOptions {
  /** Look at each heartbeat of this Ironic, as a conductor does. */
  readonly ironic?: StandInIronic;
  /** Look this often as well. Default: 200 without Ironic, else never. */
  readonly everyMs?: number;
  /** Told each time that the command was seen. */
  readonly onLook?: (command: ConductorView) => void;
  /** Default: 10 minutes. */
  readonly signal?: AbortSignal;
}

/** The conductor's side of the conversation with an agent: same paths, queries and headers. */
export class ConductorClient {
  readonly #options: ConductorClientOptions;
  readonly #http: HttpClient;

  constructor(options: ConductorClientOptions) {
    this.#options = options;
    this.#http = new HttpClient({
      timeoutSeconds: options.timeoutSeconds ?? 60,
      ...(options.verifyCa ? { ca: options.verifyCa, minVersion: 'TLSv1.3' } : {}),
    });
  }

  /** POSTs a command; the answer with whatever status. */
  async post(name: string, params: object = {}, { wait = false } = {}): Promise<HttpAnswer> {
    return await this.postTo('/v1/commands/', { name, params }, { wait: String(wait) });
  }

  /** POSTs to a path below the callback URL; the answer with whatever status. */
  async postTo(path: string, body: object, parameters: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const { callbackUrl, token } = this.#options;
    const query = new URLSearchParams({ ...parameters, ...(token === null ? {} : { agent_token: token }) });
    return await this.#http.request({ method: 'POST', url: `${callbackUrl}${path}?${query}`, body });
  }

  /** GETs a path below the callback URL; the answer with whatever status. */
  async get(path: string): Promise<HttpAnswer> {
    const { callbackUrl, token, tokenOnGet = true } = this.#options;
    const query = token !== null && tokenOnGet ? `?${new URLSearchParams({ agent_token: token })}` : '';
    return await this.#http.request({ method: 'GET', url: `${callbackUrl}${path}${query}` });
  }

  /** All commands, oldest first. Throws for any status but 200. */
  async list(): Promise<ConductorView[]> {
    const answer = await this.get('/v1/commands/');
    if (answer.status !== 200) throw new Error(`GET /v1/commands/: ${answer.status} ${answer.text}`);
    return (answer.json as { commands: ConductorView[] }).commands;
  }

  /** Runs a synchronous command; its result. Throws for a bad status or a failed command. */
  async call(name: string, params: object = {}): Promise<ConductorView['command_result']> {
    return finished(await this.#accepted(name, params, true)).command_result;
  }

  /** Starts an asynchronous command and waits for its end, looking only at the last command, as a conductor does. */
  async run(name: string, params: object = {}, wait: WaitOptions = {}): Promise<ConductorView> {
    const { ironic, everyMs = ironic ? null : 200, onLook, signal = AbortSignal.timeout(600_000) } = wait;
    const started = await this.#accepted(name, params, false);
    for (;;) {
      // Listens before it looks: a heartbeat that comes meanwhile says that the command has ended.
      using news = new NextLook(ironic, everyMs, signal);
      const last = (await this.list()).at(-1);
      if (last?.id !== started.id)
        throw new Error(`${name}: expected ${started.id} as last command, found ${last?.id}`);
      onLook?.(last);
      if (last.command_status !== 'RUNNING') return last;
      await news.come;
    }
  }

  /** `get_<process>_steps`, as a list, with the versions that belong to it. */
  async getSteps(
    process: StepProcess,
    params: { node: object; ports: unknown },
  ): Promise<{ steps: OfferedStep[]; versions: Record<string, string> }> {
    const result = await this.call(`${process}.get_${process}_steps`, params);
    const byManager = result?.[`${process}_steps`] as Record<string, OfferedStep[]>;
    return {
      steps: Object.values(byManager).flat(),
      versions: result?.hardware_manager_version as Record<string, string>,
    };
  }

  /** `execute_<process>_step` until its end; its result. Throws when it failed or echoed another step. */
  async executeStep(
    process: StepProcess,
    params: {
      step: { step: string; interface: string };
      node: object;
      ports: unknown;
      versions?: Record<string, string>;
    },
    wait: WaitOptions = {},
  ): Promise<unknown> {
    const { versions, ...rest } = params;
    const body = { ...rest, ...(versions ? { [`${process}_version`]: versions } : {}) };
    const ended = finished(await this.run(`${process}.execute_${process}_step`, body, wait));
    const result = ended.command_result ?? {};
    const echo = result[`${process}_step`] as { step?: string; interface?: string } | undefined;
    if (echo?.step !== params.step.step || echo.interface !== params.step.interface) {
      throw new Error(`${params.step.step}: expected its step echoed, got ${JSON.stringify(echo)}`);
    }
    return result[`${process}_result`];
  }

  close(): void {
    this.#http.close();
  }

  async #accepted(name: string, params: object, wait: boolean): Promise<ConductorView> {
    const answer = await this.post(name, params, { wait });
    if (answer.status !== 200) throw new Error(`POST ${name}: ${answer.status} ${answer.text}`);
    return answer.json as ConductorView;
  }
}

/** A reason to look at the list again: a heartbeat, or time gone by. */
class NextLook {
  readonly come: Promise<unknown>;
  readonly #stop = new AbortController();

  constructor(ironic: StandInIronic | undefined, everyMs: number | null, signal: AbortSignal) {
    const either = AbortSignal.any([signal, this.#stop.signal]);
    const looks = [
      ...(ironic ? [ironic.nextHeartbeat(either)] : []),
      ...(everyMs === null ? [] : [sleep(everyMs, undefined, { signal: either })]),
    ];
    for (const look of looks) look.catch(() => {});
    this.come = Promise.race(looks);
    this.come.catch(() => {});
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}

/** The command, when it succeeded; throws what a conductor would write on its node otherwise. */
function finished(command: ConductorView): ConductorView {
  if (command.command_status === 'SUCCEEDED') return command;
  const { command_error: error } = command;
  throw new Error(`${command.command_name} is ${command.command_status}: ${error?.details ?? error?.message}`);
}
