import type { MethodContext } from '../../method.ts';

/**
 * Reports the time that has passed as thousandths of what the drive estimates, as long as it is not disposed: the drive itself
 * tells nothing while it erases. Says in the log, once, when it takes longer; it stays at 999 then.
 */
export function showElapsed(minutes: number | null, context: MethodContext): Disposable {
  const { pollMilliseconds, log } = context;
  const began = performance.now();
  const phase = minutes === null ? 'secure erase' : `secure erase (drive says about ${minutes} min)`;
  let isLate = false;
  const show = (): void => {
    const thousandths = minutes === null ? 0 : Math.floor((performance.now() - began) / (minutes * 60));
    context.report({ phase, done: Math.min(thousandths, 999), total: minutes === null ? null : 1000 });
    if (isLate || thousandths < 1000) return;
    isLate = true;
    log.warn({ estimatedMinutes: minutes }, 'the secure erase takes longer than the drive said');
  };
  show();
  const timer = setInterval(show, pollMilliseconds);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
