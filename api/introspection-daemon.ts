import { AgentError } from '../src/errors/agent-error.ts';
import { type Clock, systemClock } from '../src/ironic/clock.ts';
import type { IronicLog } from '../src/ironic/ironic-log.ts';

/** So that a rack that was switched on together does not post together for ever. */
const jitter = { least: 0.7, most: 1.2 };

/** After failures the interval grows, as in ironic-python-agent. */
const backOff = { factor: 2.7, most: 4 };

/** Seconds until the next inspection, after so many that failed in a row. `random` is from 0 up to 1. */
export function introspectionDelay(intervalSeconds: number, failures: number, random: number): number {
  const stretch = Math.min(backOff.factor ** failures, backOff.most);
  return intervalSeconds * stretch * (jitter.least + random * (jitter.most - jitter.least));
}

export interface IntrospectionDaemon {
  readonly intervalSeconds: number;
  /** Collects and posts once. */
  readonly inspect: () => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Inspects again and again until the signal fires; a failure is logged, and the next one comes later. */
export async function runIntrospectionDaemon(
  { intervalSeconds, inspect, signal }: IntrospectionDaemon,
  log: IronicLog,
  clock: Clock = systemClock,
): Promise<void> {
  let failures = 0;
  for (;;) {
    await clock.sleep(introspectionDelay(intervalSeconds, failures, clock.random()), signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await inspect();
      failures = 0;
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      failures += 1;
      log.warn({ err: error, failures }, 'inspection failed; trying again later');
    }
  }
}
