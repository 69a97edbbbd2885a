import type { Config } from '../core/config.ts';
import type { JobContext } from '../core/job-context.ts';

/** Finds out one part of what an inspection posts. */
export interface Collector {
  /** As `inspection_collectors` names it. */
  readonly name: string;
  /** Seconds after which it is given up; no other collector waits for it. */
  readonly limitSeconds: (config: Config) => number;
  /** The fields that it adds, in their wire form. What it throws goes into `error`. */
  readonly collect: (context: JobContext) => Promise<Readonly<Record<string, unknown>>>;
}
