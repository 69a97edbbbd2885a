import { setTimeout as delay } from 'node:timers/promises';

/** Time and chance, as far as the schedules need them; tests bring their own. */
export interface Clock {
  /** Seconds by a clock that never jumps. */
  now(): number;
  /** Waits; rejects at once when the signal fires. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to but not including 1. */
  random(): number;
}

export const systemClock: Clock = Object.freeze({
  now: () => performance.now() / 1000,
  sleep: (seconds: number, signal?: AbortSignal) => delay(seconds * 1000, undefined, signal ? { signal } : {}),
  random: Math.random,
});
