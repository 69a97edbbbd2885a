import { type DiskTarget, flush } from '../../device-io/disk-target.ts';

export interface CheckpointInterval {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** Little enough to do again after a crash, and seldom enough to cost nothing. */
export const usualInterval: CheckpointInterval = { milliseconds: 5000, bytes: 64 * 1024 ** 3 };

/** States that are saved once what they claim is durable. */
export interface Checkpoints<State> {
  /** All that `state` claims has been written. Throws what an earlier flush or save threw. */
  reach(state: State, bytes: number): void;
  /** Makes the latest state durable and saves it. */
  finish(): Promise<void>;
}

/**
 * Flushes and saves beside the writes, in the given interval: writes that are under way meanwhile are none of that state's. Throws
 * DeviceWriteError where the device cannot flush: what it claims to have taken may be lost then.
 */
export function createCheckpoints<State>(
  target: DiskTarget,
  save: (state: State) => void,
  interval: CheckpointInterval,
): Checkpoints<State> {
  let latest: { readonly state: State } | null = null;
  let bytesSince = 0;
  let since = performance.now();
  let underWay: Promise<void> | null = null;
  let failure: { readonly error: unknown } | null = null;

  async function checkpoint({ state }: { readonly state: State }): Promise<void> {
    await flush(target);
    save(state);
  }

  function begin(taken: { readonly state: State }): void {
    bytesSince = 0;
    since = performance.now();
    underWay = checkpoint(taken)
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        underWay = null;
      });
  }

  return {
    reach(state, bytes) {
      if (failure) throw failure.error;
      latest = { state };
      bytesSince += bytes;
      const isDue = bytesSince >= interval.bytes || performance.now() - since >= interval.milliseconds;
      if (isDue && underWay === null) begin(latest);
    },
    async finish() {
      await underWay;
      if (failure) throw failure.error;
      if (latest) await checkpoint(latest);
    },
  };
}
