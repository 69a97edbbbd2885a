import type { Config } from '../../src/core/config.ts';
import type { ManagerRegistry } from '../../src/core/hardware-manager.ts';
import type { Host } from '../../src/core/job-context.ts';
import { readingLatch } from '../../src/core/reading-latch.ts';
import { createSafetyLatch } from '../../src/core/safety-latch.ts';
import { discoverManagers } from '../../src/hardware/discover-managers.ts';
import { genericManager } from '../../src/hardware/generic-manager.ts';
import { loadManagers } from '../../src/hardware/load-managers.ts';
import { resolveDevice } from '../../src/tools/device-name.ts';
import { createToolRunner } from '../../src/tools/run.ts';
import { appDir } from './bundle.ts';

/**
 * Does something with this machine as a worker sees it, but for reading only, in the ramdisk too. Warnings are added to `notes`;
 * Ctrl-C ends what runs.
 */
export async function withReadingHost<T>(
  config: Config,
  notes: string[],
  work: (host: Host & { readonly managers: ManagerRegistry }) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Error('interrupted'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const latch = readingLatch(createSafetyLatch(config, resolveDevice));
    const log: Host['log'] = {
      info: () => undefined,
      warn: (fields, message) => void notes.push(`${message}: ${JSON.stringify(fields)}`),
    };
    const { signal } = stop;
    const host: Host = { config, latch, log, signal, run: createToolRunner({ latch, log, signal }) };
    const found = discoverManagers([`${appDir}/node_modules`], config.hardwareManagerDir);
    return await work({ ...host, managers: await loadManagers([genericManager], found, host) });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
