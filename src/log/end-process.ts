import type { Logger } from 'pino';

/** Longest orderly stop: the drain of a worker, and some time for connections to close. */
const longestStopMilliseconds = 12_000;

/**
 * Ends this process in order on SIGTERM and SIGINT: `stop`, then exit code 0; 1 when it fails or takes too long, as it may
 * where Redis is gone before those who use it.
 */
export function endProcessOnSignals(stop: () => Promise<void>, logger: Logger): void {
  const end = (): void => {
    setTimeout(() => {
      logger.error('not stopped in time; ending at once');
      process.exit(1);
    }, longestStopMilliseconds).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'not stopped in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end).on('SIGINT', end);
}
