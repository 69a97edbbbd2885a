import type { Clock } from '../../src/ironic/clock.ts';

/** A clock that only goes when somebody sleeps: it then jumps to the end of the sleep, and remembers it. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  /** What random() gives; 0.5 unless told. */
  chance = 0.5;
  #now = 1000;

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  advance(seconds: number): void {
    this.#now += seconds;
  }

  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(seconds);
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#now += seconds;
  }
}
