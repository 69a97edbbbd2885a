import type { Config } from '../../src/core/config.ts';
import type { Host } from '../../src/core/job-context.ts';
import { createSafetyLatch } from '../../src/core/safety-latch.ts';
import { resolveDevice } from '../../src/tools/device-name.ts';
import { createToolRunner } from '../../src/tools/run.ts';

export interface StorageHost extends Host {
  /** Everything that was logged, oldest first. */
  readonly entries: readonly Readonly<Record<string, unknown>>[];
}

/** A real host with a closed latch: it can touch the named devices, which the test made, and nothing else. */
export function createStorageHost(devices: readonly string[], config: Partial<Config> = {}): StorageHost {
  const entries: Readonly<Record<string, unknown>>[] = [];
  const keep = (fields: Readonly<Record<string, unknown>>, message: string): void =>
    void entries.push({ ...fields, message });
  const log = { info: keep, warn: keep };
  const latch = createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices }, resolveDevice);
  const { signal } = new AbortController();
  return {
    config: {
      insideRamdisk: false,
      ownNetworkNamespace: false,
      devices,
      guardSpecialFilesystems: true,
      ...config,
    } as Config,
    latch,
    log,
    signal,
    run: createToolRunner({ latch, log, signal }),
    entries,
  };
}
