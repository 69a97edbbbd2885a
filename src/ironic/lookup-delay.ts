/** Seconds to wait while the node is locked; the last one for good. */
const conflictDelays = [5, 10, 30] as const;

const longestDelaySeconds = 60;

/**
 * Seconds to wait after a failed lookup. After the n-th answer 409 in a row (the node is locked): 5, 10, then 30. After
 * anything else: by chance up to 1, 2, 4 ... 60 seconds, but never less than the interval.
 */
export function lookupDelay(failed: {
  /** Failed lookups that were no 409, this one included. */
  readonly failures: number;
  /** Answers 409 in a row, this one included; 0 when the last one was another failure. */
  readonly conflicts: number;
  readonly intervalSeconds: number;
  /** From 0 up to 1. */
  readonly random: number;
}): number {
  if (failed.conflicts > 0) return conflictDelays[failed.conflicts - 1] ?? 30;
  const longest = Math.min(2 ** (failed.failures - 1), longestDelaySeconds);
  return Math.max(failed.intervalSeconds, failed.random * longest);
}
