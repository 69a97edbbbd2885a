/** Work that is under way beside the main line: bounded, and the first failure ends all. */
export interface Flights {
  /** Waits until there is room for one more; throws the first failure. */
  room(): Promise<void>;
  start(work: Promise<void>): void;
  /** Waits for all; throws the first failure. */
  land(): Promise<void>;
  /** Waits for all, whatever became of them. */
  settle(): Promise<void>;
  throwIfFailed(): void;
}

/** At most `most` at a time; `onFailure` is told of the first that fails. */
export function createFlights(most: number, onFailure: (error: Error) => void): Flights {
  const underWay = new Set<Promise<void>>();
  let failure: Error | null = null;
  let landed = Promise.withResolvers<void>();

  function throwIfFailed(): void {
    if (failure) throw failure;
  }

  async function settle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return {
    throwIfFailed,
    settle,
    async room() {
      throwIfFailed();
      while (underWay.size >= most) {
        await landed.promise;
        throwIfFailed();
      }
    },
    start(work) {
      const flight = work
        .catch((error: Error) => {
          failure ??= error;
          onFailure(failure);
        })
        .finally(() => {
          underWay.delete(flight);
          landed.resolve();
          landed = Promise.withResolvers<void>();
        });
      underWay.add(flight);
    },
    async land() {
      await settle();
      throwIfFailed();
    },
  };
}
