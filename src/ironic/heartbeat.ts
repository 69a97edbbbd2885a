import { HeartbeatError, IronicAPIError } from '../errors/catalogue.ts';
import type { IronicClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { describeAnswer } from './fault.ts';
import { HeartbeatPace } from './heartbeat-pace.ts';
import type { HeartbeatContent } from './heartbeat-request.ts';
import type { IronicLog } from './ironic-log.ts';

export interface HeartbeatSettings {
  readonly nodeUuid: string;
  /** What Ironic allows between two heartbeats, as lookup told. */
  readonly timeoutSeconds: number;
  /** Asked before every heartbeat, so that a renewed certificate and the latest status go with it. */
  content(): HeartbeatContent;
}

export interface Heartbeat {
  /** Wants a heartbeat as soon as HeartbeatPace allows. */
  force(): void;
  /** The conductor has sent a request: what the last heartbeat was for has arrived. */
  heard(): void;
  /** Ends it; settles when a heartbeat under way has been given up. */
  stop(): Promise<void>;
}

/**
 * Sends the first heartbeat at once and goes on for ever: nothing that Ironic answers ends it, as the next power action, or
 * a person, may set right what is wrong.
 */
export function startHeartbeat(
  client: IronicClient,
  settings: HeartbeatSettings,
  log: IronicLog,
  clock: Clock = systemClock,
): Heartbeat {
  const beating = new Beating(client, settings, log, clock);
  const ended = beating.run();
  return {
    force: () => beating.force(),
    heard: () => beating.heard(),
    stop: () => {
      beating.stop();
      return ended;
    },
  };
}

class Beating {
  readonly #client: IronicClient;
  readonly #settings: HeartbeatSettings;
  readonly #log: IronicLog;
  readonly #clock: Clock;
  readonly #pace: HeartbeatPace;
  readonly #stopped = new AbortController();
  #woken = new AbortController();
  #tellsStatus = true;
  #wasAccepted = false;

  constructor(client: IronicClient, settings: HeartbeatSettings, log: IronicLog, clock: Clock) {
    this.#client = client;
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
    this.#pace = new HeartbeatPace(settings.timeoutSeconds);
  }

  force(): void {
    this.#pace.force(this.#clock.now());
    this.#woken.abort();
  }

  heard(): void {
    const { dueAt } = this.#pace;
    this.#pace.heard(this.#clock.now());
    if (this.#pace.dueAt < dueAt) this.#woken.abort();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#pace.sent(this.#clock.now());
      const accepted = await this.#beat();
      this.#pace.answered(this.#clock.now(), { accepted, random: this.#clock.random() });
      await this.#waitForNext();
    }
  }

  async #waitForNext(): Promise<void> {
    for (;;) {
      this.#woken = new AbortController();
      const left = this.#pace.dueAt - this.#clock.now();
      if (left <= 0 || this.#stopped.signal.aborted) return;
      const signal = AbortSignal.any([this.#stopped.signal, this.#woken.signal]);
      await this.#clock.sleep(left, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Whether Ironic took it; a failure is logged, and the next one will show. */
  async #beat(): Promise<boolean> {
    const { nodeUuid } = this.#settings;
    const asked = this.#settings.content();
    const content = this.#tellsStatus ? asked : { ...asked, statusMessage: null };
    try {
      const answer = await this.#client.heartbeat(nodeUuid, content, this.#stopped.signal);
      if (answer.status !== 202) {
        this.#keepStatusBackAfter(answer.status, content);
        throw new HeartbeatError(describeAnswer(answer));
      }
    } catch (error) {
      if (this.#stopped.signal.aborted) return false;
      if (!(error instanceof HeartbeatError || error instanceof IronicAPIError)) throw error;
      this.#log.warn({ err: error, node: nodeUuid }, 'heartbeat failed');
      this.#wasAccepted = false;
      return false;
    }
    this.#log[this.#wasAccepted ? 'debug' : 'info'](
      { node: nodeUuid, callback_url: content.callbackUrl },
      'heartbeat accepted',
    );
    this.#wasAccepted = true;
    return true;
  }

  /** A message that is only for information must not cost the heartbeat. */
  #keepStatusBackAfter(status: number, content: HeartbeatContent): void {
    if (content.statusMessage === null || (status !== 400 && status !== 406)) return;
    this.#tellsStatus = false;
    this.#log.warn({ status }, 'heartbeats go on without a status message');
  }
}
