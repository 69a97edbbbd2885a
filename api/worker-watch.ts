import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type WorkerGroup, workerGroups } from '../src/core/queue-name.ts';

const lookMilliseconds = { starting: 100, running: 2000 };

/** A worker that dies is back in seconds; one that is away this long does not come back by itself. */
const longGoneSeconds = 300;

const everyGroup = Object.keys(workerGroups) as readonly WorkerGroup[];

export interface WorkerWatchDeps {
  /** The groups that announce themselves; rejects while Redis is away. */
  readonly present: () => Promise<readonly WorkerGroup[]>;
  /** Called again and again for a group that has been away for long. */
  readonly onLongGone: (group: WorkerGroup, seconds: number) => void;
  readonly logger: Logger;
  /** Seconds, monotonic. */
  readonly now?: () => number;
}

/** Knows which groups of workers are there, so that the api does not wait for nobody. */
export class WorkerWatch {
  readonly #deps: WorkerWatchDeps;
  readonly #now: () => number;
  readonly #absentSince = new Map<WorkerGroup, number>();
  readonly #stop = new AbortController();
  readonly #allThere = Promise.withResolvers<void>();
  #areAllThere = false;

  constructor(deps: WorkerWatchDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? ((): number => performance.now() / 1000);
    for (const group of everyGroup) this.#absentSince.set(group, this.#now());
  }

  /** Resolves when all groups have been there at the same time once; never after stop. */
  get allThere(): Promise<void> {
    return this.#allThere.promise;
  }

  /** The groups that are away now, with how long: seconds. */
  get missing(): ReadonlyMap<WorkerGroup, number> {
    return new Map([...this.#absentSince].map(([group, since]) => [group, this.#now() - since]));
  }

  /** Looks until stopped. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.look();
      const wait = this.#areAllThere ? lookMilliseconds.running : lookMilliseconds.starting;
      await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** One look; while Redis is away nothing is known, so nothing changes. */
  async look(): Promise<void> {
    let present: readonly WorkerGroup[];
    try {
      present = await this.#deps.present();
    } catch {
      return;
    }
    for (const group of everyGroup) this.#note(group, present.includes(group));
    if (this.#absentSince.size > 0 || this.#areAllThere) return;
    this.#areAllThere = true;
    this.#allThere.resolve();
  }

  #note(group: WorkerGroup, isThere: boolean): void {
    const since = this.#absentSince.get(group);
    if (isThere) {
      if (since !== undefined && this.#areAllThere) this.#deps.logger.info({ group }, 'worker is back');
      this.#absentSince.delete(group);
    } else if (since === undefined) {
      this.#absentSince.set(group, this.#now());
      this.#deps.logger.warn({ group }, 'worker is away');
    } else if (this.#now() - since > longGoneSeconds) {
      this.#deps.onLongGone(group, Math.round(this.#now() - since));
    }
  }
}
