/**
 * The jobs that this process runs or has just ended, by id. A job that lost its lock while Redis was away comes back to the
 * same process: it then joins the run that is still going on instead of starting a second one.
 */
export class JobRuns {
  readonly #runs = new Map<string, Promise<unknown>>();

  /** The run of this job, started by `start` unless there is one. */
  join(id: string, start: () => Promise<unknown>): Promise<unknown> {
    const known = this.#runs.get(id);
    if (known) return known;
    const run = start();
    run.catch(() => undefined); // whoever joined gets the rejection
    this.#runs.set(id, run);
    return run;
  }

  /** The outcome is safe in Redis, or the job was handed back: forget it. */
  settled(id: string): void {
    this.#runs.delete(id);
  }

  get size(): number {
    return this.#runs.size;
  }
}
