import { heartbeatDelay, leastSecondsBetweenBeats } from './heartbeat-delay.ts';

/** A conductor holds the node for a moment after it has sent a request, and ignores a heartbeat that comes then. */
const leastSecondsAfterRequest = 0.5;

/** Seconds until a heartbeat that nothing came of is repeated; after the last of them that is left to the regular ones. */
const repeatDelays = [5, 10, 20];

/**
 * When the next heartbeat is due, in seconds of one clock. A conductor works at heartbeats only, so one is forced when a command has
 * ended: 5 seconds after the last one, or half a second where the conductor has sent a request since, for then it has worked off
 * the last one and sets the pace itself. Where nothing comes of a forced one, or of the first, it is repeated, each time later and
 * by chance up to twice as late.
 */
export class HeartbeatPace {
  readonly #timeoutSeconds: number;
  #sentAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #heardAt = Number.NEGATIVE_INFINITY;
  #isAccepted = false;
  /** One is wanted besides the regular ones, no sooner than this; null: none is. */
  #forcedAt: number | null = Number.NEGATIVE_INFINITY;
  #repeatDelays: readonly number[] = [];
  #regularDelay = 0;
  #repeatDelay = 0;

  constructor(timeoutSeconds: number) {
    this.#timeoutSeconds = timeoutSeconds;
  }

  force(now: number): void {
    this.#forcedAt ??= Math.max(now, this.#heardAt + leastSecondsAfterRequest);
  }

  /** The conductor has sent a request. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** A heartbeat goes off. */
  sent(now: number): void {
    if (this.#forcedAt !== null) this.#repeatDelays = repeatDelays;
    else if (this.#isHeard) this.#repeatDelays = [];
    else if (this.#isAccepted) this.#repeatDelays = this.#repeatDelays.slice(1);
    this.#forcedAt = null;
    this.#sentAt = now;
  }

  /** Ironic has answered it, or has not; `random` is from 0 up to 1. */
  answered(now: number, { accepted, random }: { readonly accepted: boolean; readonly random: number }): void {
    this.#answeredAt = now;
    this.#isAccepted = accepted;
    this.#regularDelay = heartbeatDelay({ accepted, timeoutSeconds: this.#timeoutSeconds, random });
    const [repeatDelay = Number.POSITIVE_INFINITY] = this.#repeatDelays;
    this.#repeatDelay = repeatDelay * (1 + random);
  }

  /** When the next one is due as things are: what happens until then can make it sooner or later. */
  get dueAt(): number {
    const regularAt = this.#answeredAt + this.#regularDelay;
    const isWorkedOff = this.#isAccepted && this.#isHeard;
    if (this.#forcedAt !== null) {
      const gap = isWorkedOff ? leastSecondsAfterRequest : leastSecondsBetweenBeats;
      return Math.min(regularAt, Math.max(this.#forcedAt, this.#answeredAt + gap));
    }
    if (isWorkedOff || !this.#isAccepted) return regularAt;
    return Math.min(regularAt, this.#answeredAt + this.#repeatDelay);
  }

  /** Whether the conductor has sent a request since the last heartbeat went off. */
  get #isHeard(): boolean {
    return this.#heardAt >= this.#sentAt;
  }
}
