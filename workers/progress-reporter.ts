import type { Progress, ProgressReport, ProgressUnit } from '../src/core/progress.ts';

const publishEveryMilliseconds = 1000;

/** The phase that is under way: what it has reached, and where this run of it began. */
interface Phase {
  readonly name: string;
  readonly startedAt: number;
  /** A job that goes on from a checkpoint begins its phase far from zero; that part is not its work, and not in its rate. */
  readonly from: number;
  done: number;
  total: number | null;
  sourceBytes: number | undefined;
  deviceBytes: number | undefined;
}

/**
 * Turns the reports of a step into progress for the outside: with rate and ETA by the average of the whole phase in this run,
 * never going back within a phase, at most one a second (the first of a phase at once). A phase has its own units and its own
 * speed (a disk is read back faster than an image is fetched), so that each begins anew.
 */
export class ProgressReporter {
  readonly #unit: ProgressUnit;
  readonly #publish: (progress: Progress) => void;
  readonly #now: () => number;
  #phase: Phase | null = null;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #isHeldBack = false;

  constructor(unit: ProgressUnit, publish: (progress: Progress) => void, now: () => number = () => performance.now()) {
    this.#unit = unit;
    this.#publish = publish;
    this.#now = now;
  }

  report(report: ProgressReport): void {
    const { phase: name, done, total } = report;
    const now = this.#now();
    const isNew = this.#phase?.name !== name;
    const before = isNew ? null : this.#phase;
    this.#phase = {
      name,
      startedAt: before?.startedAt ?? now,
      from: before?.from ?? done,
      done: Math.max(before?.done ?? 0, done),
      total,
      sourceBytes: highest(before?.sourceBytes, report.sourceBytes),
      deviceBytes: highest(before?.deviceBytes, report.deviceBytes),
    };
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
    const { name: phase, done, total, sourceBytes, deviceBytes } = current;
    const seconds = (now - current.startedAt) / 1000;
    const rate = seconds > 0 ? (done - current.from) / seconds : 0;
    const left = total === null ? null : Math.max(0, total - done);
    this.#publish({
      phase,
      done,
      total,
      unit: this.#unit,
      rate: Math.round(rate),
      eta: left === null || rate <= 0 ? null : Math.ceil(left / rate),
      ...(sourceBytes === undefined ? {} : { source_bytes: sourceBytes }),
      ...(deviceBytes === undefined ? {} : { device_bytes: deviceBytes }),
    });
  }
}

function highest(before: number | undefined, now: number | undefined): number | undefined {
  return before === undefined || now === undefined ? (now ?? before) : Math.max(before, now);
}
