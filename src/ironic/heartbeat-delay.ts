/** Least number of seconds between two heartbeats, however many are asked for. */
export const leastSecondsBetweenBeats = 5;

/**
 * Seconds until the next regular heartbeat. After an accepted one a part of what Ironic allows, by chance, so that a rack
 * of machines does not speak at once; after a failure 5 to 10.
 */
export function heartbeatDelay(last: {
  readonly accepted: boolean;
  /** What Ironic allows between two heartbeats, in seconds. */
  readonly timeoutSeconds: number;
  /** From 0 up to 1. */
  readonly random: number;
}): number {
  if (!last.accepted) return leastSecondsBetweenBeats * (1 + last.random);
  return last.timeoutSeconds * (0.3 + 0.3 * last.random);
}
