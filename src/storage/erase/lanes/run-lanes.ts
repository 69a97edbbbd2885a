/** Work on one physical disk: one after the other. */
export interface Lane<T> {
  readonly name: string;
  /** null: no bound but the one over all. */
  readonly controller: string | null;
  readonly tasks: readonly (() => Promise<T>)[];
}

export interface LaneBounds {
  /** Lanes at a time, at least 1. */
  readonly total: number;
  /** Lanes behind one controller at a time, at least 1. */
  readonly perController: number;
}

/**
 * Runs lanes side by side within the bounds, in their order where there is a choice; a lane whose controller is busy does not
 * hold up those behind it. Results come in the order of the lanes. A task that rejects ends it all: no further task begins, and
 * the rejection is passed on when every task that had begun has ended.
 */
export async function runLanes<T>(lanes: readonly Lane<T>[], bounds: LaneBounds): Promise<readonly T[]> {
  const results = new Map<Lane<T>, readonly T[]>();
  const running = new Map<Lane<T>, Promise<void>>();
  const waiting = [...lanes];
  const failures: unknown[] = [];

  async function run(lane: Lane<T>): Promise<void> {
    const done: T[] = [];
    try {
      for (const task of lane.tasks) {
        if (failures.length > 0) return;
        done.push(await task());
      }
      results.set(lane, done);
    } catch (error) {
      failures.push(error);
    }
  }

  const mayStart = (lane: Lane<T>): boolean => {
    if (running.size >= bounds.total) return false;
    const beside = [...running.keys()].filter((other) => other.controller === lane.controller);
    return lane.controller === null || beside.length < bounds.perController;
  };

  while ((waiting.length > 0 && failures.length === 0) || running.size > 0) {
    while (failures.length === 0) {
      const next = waiting.findIndex(mayStart);
      const [lane] = next < 0 ? [] : waiting.splice(next, 1);
      if (!lane) break;
      // Not in `run`: a lane without tasks would have ended before it is in the map.
      const work = run(lane).finally(() => running.delete(lane));
      running.set(lane, work);
    }
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
  return lanes.flatMap((lane) => results.get(lane) ?? []);
}
