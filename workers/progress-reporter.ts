import type { Progress, ProgressReport, ProgressUnit } from '../src/core/progress.ts';
import { PhaseMeter } from './phase-meter.ts';

const publishEveryMilliseconds = 1000;

/** Between two publications of which one tells that a device has begun a phase; with many devices one tells it of several. */
const newDevicePhaseMilliseconds = 250;

/** What the reporter needs of time. */
export interface ReporterClock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls back once, after as many milliseconds; returns what prevents it. */
  after(milliseconds: number, callback: () => void): () => void;
}

const realClock: ReporterClock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Turns the reports of a step into progress for the outside: with rate and ETA by the average of the whole phase in this run,
 * never going back within a phase, at most one a second. The first of a phase comes at once, that of a device's within 250 ms. A
 * phase has its own units and its own speed (a disk is read back faster than an image is fetched), so that each begins anew.
 */
export class ProgressReporter {
  readonly #unit: ProgressUnit;
  readonly #publish: (progress: Progress) => void;
  readonly #clock: ReporterClock;
  readonly #devices = new Map<string, PhaseMeter>();
  #phase: PhaseMeter | null = null;
  #sourceBytes: number | undefined;
  #deviceBytes: number | undefined;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #heldBack: { readonly dueAt: number; readonly forget: () => void } | null = null;

  constructor(unit: ProgressUnit, publish: (progress: Progress) => void, clock: ReporterClock = realClock) {
    this.#unit = unit;
    this.#publish = publish;
    this.#clock = clock;
  }

  report(report: ProgressReport): void {
    const now = this.#clock.now();
    const isNewPhase = this.#notePhase(report, now);
    const isNewOfDevice = this.#noteDevices(report.devices ?? {}, now);
    const wait = isNewOfDevice ? newDevicePhaseMilliseconds : publishEveryMilliseconds;
    const dueAt = isNewPhase ? now : this.#publishedAt + wait;
    if (dueAt <= now) this.#publishNow();
    else this.#holdBack(dueAt, now);
  }

  /** The job has ended: publishes at once what was held back, so that it shows where it ended. */
  flush(): void {
    if (this.#heldBack) this.#publishNow();
  }

  /** True where a phase begins. */
  #notePhase(report: ProgressReport, now: number): boolean {
    const isNew = this.#phase?.phase !== report.phase;
    if (isNew || this.#phase === null) {
      this.#phase = new PhaseMeter(report, now);
      this.#sourceBytes = report.sourceBytes;
      this.#deviceBytes = report.deviceBytes;
    } else {
      this.#phase.update(report);
      this.#sourceBytes = highest(this.#sourceBytes, report.sourceBytes);
      this.#deviceBytes = highest(this.#deviceBytes, report.deviceBytes);
    }
    return isNew;
  }

  /** True where a device begins a phase, or is taken out. */
  #noteDevices(reports: NonNullable<ProgressReport['devices']>, now: number): boolean {
    let isNews = false;
    for (const [device, report] of Object.entries(reports)) {
      const known = this.#devices.get(device);
      if (report === null) {
        isNews = this.#devices.delete(device) || isNews;
      } else if (known?.phase === report.phase) {
        known.update(report);
      } else {
        this.#devices.set(device, new PhaseMeter(report, now));
        isNews = true;
      }
    }
    return isNews;
  }

  /** Nothing may be reported any more for hours (a drive at work is asked seldom), so that the last word must not be lost. */
  #holdBack(dueAt: number, now: number): void {
    if (this.#heldBack && this.#heldBack.dueAt <= dueAt) return;
    this.#heldBack?.forget();
    this.#heldBack = { dueAt, forget: this.#clock.after(dueAt - now, () => this.#publishNow()) };
  }

  #publishNow(): void {
    const now = this.#clock.now();
    this.#heldBack?.forget();
    this.#heldBack = null;
    if (!this.#phase) return;
    this.#publishedAt = now;
    const { phase, done, total, rate, eta } = this.#phase.progress(now);
    const devices = [...this.#devices].map(([device, meter]) => [device, meter.progress(now)] as const);
    this.#publish({
      phase,
      done,
      total,
      unit: this.#unit,
      rate,
      eta,
      ...(this.#sourceBytes === undefined ? {} : { source_bytes: this.#sourceBytes }),
      ...(this.#deviceBytes === undefined ? {} : { device_bytes: this.#deviceBytes }),
      ...(devices.length === 0 ? {} : { devices: Object.fromEntries(devices) }),
    });
  }
}

function highest(before: number | undefined, now: number | undefined): number | undefined {
  return before === undefined || now === undefined ? (now ?? before) : Math.max(before, now);
}
