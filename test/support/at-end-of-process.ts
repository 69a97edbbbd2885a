/** Runs `release` when this process ends, and on SIGINT, SIGTERM and SIGHUP, which then end it as they would have. Synchronous. */
export function atEndOfProcess(release: () => void): void {
  process.on('exit', release);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      release();
      process.kill(process.pid, signal);
    });
  }
}
