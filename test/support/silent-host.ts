import type { Config } from '../../src/core/config.ts';
import type { Host } from '../../src/core/job-context.ts';
import { createSafetyLatch } from '../../src/core/safety-latch.ts';

export interface SilentHost extends Host {
  /** Warnings, oldest first: fields and message. */
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
}

/** A host on which nothing runs and nothing may be touched. */
export function silentHost(): SilentHost {
  const warnings: Readonly<Record<string, unknown>>[] = [];
  return {
    config: {} as Config,
    latch: createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices: [] }, () => {
      throw new Error('no devices here');
    }),
    run: ({ program }) => Promise.reject(new Error(`${program} does not run here`)),
    log: { info: () => undefined, warn: (fields, message) => void warnings.push({ ...fields, message }) },
    signal: new AbortController().signal,
    warnings,
  };
}
