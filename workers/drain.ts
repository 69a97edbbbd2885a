import type { Worker } from 'bullmq';
import type { Logger } from 'pino';

/** How long running jobs may go on after SIGTERM before those that can run again are cut short. */
const graceMilliseconds = 5000;

/** Stopping in order: take nothing new, let running jobs end, cut short and hand back what takes longer. */
export class Drain {
  readonly #controller = new AbortController();
  readonly #graceMilliseconds: number;
  #stopping: Promise<void> | null = null;

  constructor(grace = graceMilliseconds) {
    this.#graceMilliseconds = grace;
  }

  /** Aborted when running jobs must come to an end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves when nothing runs any more. A second call cuts short at once. */
  async run(workers: readonly Worker[], logger: Logger): Promise<void> {
    if (this.#stopping) this.#cutShort(logger);
    else this.#stopping = this.#stop(workers, logger);
    await this.#stopping;
  }

  async #stop(workers: readonly Worker[], logger: Logger): Promise<void> {
    logger.info('draining: no new jobs');
    const deadline = setTimeout(() => this.#cutShort(logger), this.#graceMilliseconds);
    await Promise.all(workers.map((worker) => worker.close()));
    clearTimeout(deadline);
  }

  #cutShort(logger: Logger): void {
    if (this.#controller.signal.aborted) return;
    logger.warn('draining: cutting running jobs short');
    this.#controller.abort(new Error('the worker is stopping'));
  }
}
