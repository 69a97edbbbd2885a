import { HeartbeatError, IronicAPIError } from '../errors/catalogue.ts';
import type { IronicClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { describeAnswer } from './fault.ts';
import { heartbeatDelay, leastSecondsBetweenBeats } from './heartbeat-delay.ts';
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
  /** Wants a heartbeat now, or as soon as the last one is 5 seconds old. */
  force(): void;
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
  readonly #stopped = new AbortController();
  #woken = new AbortController();
  #forced = false;
  #tellsStatus = true;
  #wasAccepted = false;

  constructor(client: IronicClient, settings: HeartbeatSettings, log: IronicLog, clock: Clock) {
    this.#client = client;
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
  }

  force(): void {
    this.#forced = true;
    this.#woken.abort();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#forced = false;
      const accepted = await this.#beat();
      if (signal.aborted) return;
      const { timeoutSeconds } = this.#settings;
      await this.#waitForNext(heartbeatDelay({ accepted, timeoutSeconds, random: this.#clock.random() }));
    }
  }

  async #waitForNext(delaySeconds: number): Promise<void> {
    const last = this.#clock.now();
    for (;;) {
      this.#woken = new AbortController();
      const wait = this.#forced ? Math.min(leastSecondsBetweenBeats, delaySeconds) : delaySeconds;
      const left = last + wait - this.#clock.now();
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
