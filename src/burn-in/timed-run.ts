import type { JobContext } from '../core/job-context.ts';

const tickMilliseconds = 1000;

/** The phase of a burn-in that has no others: the name of the step says of what. */
export const burning = 'burnin';

/**
 * Runs something that takes a given time, and tells how much of it is over. The program ends by itself: the time is a figure, no
 * limit. Nothing is kept for a run after the process died: what the program had found by then died with it.
 */
export async function runTimed<T>(
  totalSeconds: number,
  { report }: Pick<JobContext, 'report'>,
  run: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const tick = (): void => {
    const elapsed = Math.floor((performance.now() - started) / 1000);
    report({ phase: burning, done: Math.min(elapsed, totalSeconds), total: totalSeconds });
  };
  tick();
  const timer = setInterval(tick, tickMilliseconds);
  try {
    const result = await run();
    report({ phase: burning, done: totalSeconds, total: totalSeconds });
    return result;
  } finally {
    clearInterval(timer);
  }
}
