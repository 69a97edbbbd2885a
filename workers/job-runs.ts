interface JobRun {
  readonly outcome: Promise<unknown>;
  readonly controller: AbortController;
}

/**
 * The jobs that this process runs or has just ended, by id. A job that lost its lock while Redis was away comes back to the
 * same process: it then joins the run that is still going on instead of starting a second one.
 */
export class JobRuns {
  readonly #runs = new Map<string, JobRun>();

  /** The run of this job, started by `start` unless there is one; its signal says when the run is abandoned. */
  join(id: string, start: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const known = this.#runs.get(id);
    if (known) return known.outcome;
    const controller = new AbortController();
    const outcome = start(controller.signal);
    outcome.catch(() => undefined); // whoever joined gets the rejection
    this.#runs.set(id, { outcome, controller });
    return outcome;
  }

  /** Aborts a run whose outcome nobody can hear any more; false where there is none, or where it is abandoned already. */
  abandon(id: string, reason: string): boolean {
    const run = this.#runs.get(id);
    if (!run || run.controller.signal.aborted) return false;
    const forget = (): void => this.settled(id);
    run.outcome.then(forget, forget);
    run.controller.abort(new Error(reason));
    return true;
  }

  /** The outcome is safe in Redis, or the job was handed back: forget it. */
  settled(id: string): void {
    this.#runs.delete(id);
  }
}
