import type { Progress, ProgressReport, ProgressUnit } from '../src/core/progress.ts';

const publishEveryMilliseconds = 1000;

/**
 * Turns the reports of a step into progress for the outside: with rate and ETA by the average of the whole phase, never
 * going back within a phase, at most one a second (the first of a phase at once).
 */
export class ProgressReporter {
  readonly #unit: ProgressUnit;
  readonly #publish: (progress: Progress) => void;
  readonly #now: () => number;
  #phase: { readonly name: string; readonly startedAt: number; readonly from: number; done: number } | null = null;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #last: ProgressReport | null = null;
  #isHeldBack = false;

  constructor(unit: ProgressUnit, publish: (progress: Progress) => void, now: () => number = () => performance.now()) {
    this.#unit = unit;
    this.#publish = publish;
    this.#now = now;
  }

  report(report: ProgressReport): void {
    const { phase, done } = report;
    const now = this.#now();
    const isNew = this.#phase?.name !== phase;
    if (isNew || !this.#phase) this.#phase = { name: phase, startedAt: now, from: done, done };
    const current = this.#phase;
    current.done = Math.max(current.done, done);
    this.#last = report;
    if (isNew || now - this.#publishedAt >= publishEveryMilliseconds) this.#publishNow(now);
    else this.#isHeldBack = true;
  }

  /** Publishes what was reported last and held back: a job that has ended shows where it ended. */
  flush(): void {
    if (this.#isHeldBack) this.#publishNow(this.#now());
  }

  #publishNow(now: number): void {
    const current = this.#phase;
    if (!current) return;
    this.#publishedAt = now;
    this.#isHeldBack = false;
    const { total = null, sourceBytes, deviceBytes } = this.#last ?? {};
    const seconds = (now - current.startedAt) / 1000;
    const rate = seconds > 0 ? (current.done - current.from) / seconds : 0;
    const left = total === null ? null : Math.max(0, total - current.done);
    const eta = left === null || rate <= 0 ? null : Math.ceil(left / rate);
    const { name: phase, done } = current;
    this.#publish({
      phase,
      done,
      total,
      unit: this.#unit,
      rate: Math.round(rate),
      eta,
      ...(sourceBytes === undefined ? {} : { source_bytes: sourceBytes }),
      ...(deviceBytes === undefined ? {} : { device_bytes: deviceBytes }),
    });
  }
}
