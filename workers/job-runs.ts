import { JobCancelled } from '../src/core/job-cancelled.ts';

interface JobRun {
  readonly outcome: Promise<unknown>;
  readonly controller: AbortController;
  isAbandoned: boolean;
}

/**
 * The jobs that this process runs or has just ended, by id. A job that lost its lock while Redis was away comes back to the
 * same process: it then joins the run that is still going on instead of starting a second one.
 */
export class JobRuns {
  readonly #runs = new Map<string, JobRun>();

  /** The run of this job, started by `start` unless there is one; its signal says when the run is cancelled or abandoned. */
  join(id: string, start: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const known = this.#runs.get(id);
    if (known) return known.outcome;
    const controller = new AbortController();
    const outcome = start(controller.signal);
    outcome.catch(() => undefined); // whoever joined gets the rejection
    this.#runs.set(id, { outcome, controller, isAbandoned: false });
    return outcome;
  }

  /** Aborts a run that somebody cancelled, with JobCancelled as reason; false where there is none, or where it was aborted before. */
  cancel(id: string): boolean {
    const run = this.#runs.get(id);
    if (!run || run.controller.signal.aborted) return false;
    run.controller.abort(new JobCancelled());
    return true;
  }

  /** Aborts a run whose outcome nobody can hear any more; false where there is none, or where it is abandoned already. */
  abandon(id: string, reason: string, onEnded: () => void = () => undefined): boolean {
    const run = this.#runs.get(id);
    if (!run || run.isAbandoned) return false;
    run.isAbandoned = true;
    const forget = (): void => {
      this.settled(id);
      onEnded();
    };
    run.outcome.then(forget, forget);
    run.controller.abort(new Error(reason));
    return true;
  }

  /** The outcome is safe in Redis, or the job was handed back: forget it. */
  settled(id: string): void {
    this.#runs.delete(id);
  }
}
