import type { DeviceProgress } from '../src/core/progress.ts';

interface PhaseReport {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
}

/**
 * Measures one phase of a job, or of the work on one device: it never goes back, and rate and ETA are those of the average since
 * it began in this run. A job that goes on from a checkpoint begins its phase far from zero; that part is not its work.
 */
export class PhaseMeter {
  readonly phase: string;
  readonly #startedAt: number;
  readonly #from: number;
  #done: number;
  #total: number | null;

  /** `now`: milliseconds, monotonic. */
  constructor({ phase, done, total }: PhaseReport, now: number) {
    this.phase = phase;
    this.#startedAt = now;
    this.#from = done;
    this.#done = done;
    this.#total = total;
  }

  update({ done, total }: PhaseReport): void {
    this.#done = Math.max(this.#done, done);
    this.#total = total;
  }

  progress(now: number): DeviceProgress {
    const seconds = (now - this.#startedAt) / 1000;
    const rate = seconds > 0 ? (this.#done - this.#from) / seconds : 0;
    const left = this.#total === null ? null : Math.max(0, this.#total - this.#done);
    return {
      phase: this.phase,
      done: this.#done,
      total: this.#total,
      rate: rounded(rate),
      eta: left === null || rate <= 0 ? null : Math.ceil(left / rate),
    };
  }
}

/** What is slow (disks an hour, thousandths of a sanitize) would be 0 as a whole number. */
function rounded(rate: number): number {
  return rate < 10 ? Math.round(rate * 1000) / 1000 : Math.round(rate);
}
