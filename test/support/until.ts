import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  readonly withinMs: number;
  /** Default: 20. */
  readonly everyMs?: number;
  /** What is waited for, for the error. */
  readonly what: string;
}

/** Asks again and again until the answer is neither null, undefined nor false; throws when that takes too long. */
export async function until<T>(
  probe: () => T | Promise<T>,
  { withinMs, everyMs = 20, what }: UntilOptions,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await probe();
    if (answer !== null && answer !== undefined && answer !== false) {
      return answer as Exclude<T, null | undefined | false>;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(everyMs);
  }
}
