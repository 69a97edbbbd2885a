import { setTimeout as sleep } from 'node:timers/promises';
import type { Pass } from '../../src/storage/erase/erase-options.ts';
import { overwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { claimTarget, createMethodContext } from '../../test/support/overwritten-disk.ts';
import { measureProcess, type ProcessCost } from './process-cost.ts';

/** Disks that are overwritten side by side in one process. */
export interface EraseTask {
  readonly devices: readonly string[];
  readonly passes: readonly Pass[];
  /** Whether all of it is read back afterwards. */
  readonly verify: boolean;
}

export interface EraseOutcome {
  readonly written: ProcessCost;
  /** null where it was not asked for. Peak memory is that of writing and reading, above that before the writing. */
  readonly verified: Pick<ProcessCost, 'seconds' | 'cpuSeconds' | 'peakMibAboveIdle'> | null;
}

const task = JSON.parse(process.argv[2] ?? '') as EraseTask;
const disks = await Promise.all(
  task.devices.map(async (device) => {
    const context = createMethodContext(device, { options: { passes: task.passes, readBack: 'full' } });
    return { context, target: await claimTarget(device) };
  }),
);
await sleep(300);

const cost = measureProcess();
const evidence = await Promise.all(disks.map(({ target, context }) => overwrite.run(target, context)));
const written = cost();
if (task.verify) {
  const checks = await Promise.all(
    disks.map(async ({ target, context }, index) => {
      const own = evidence[index];
      if (!own) throw new Error('no evidence');
      return await overwrite.verify(target, own, context);
    }),
  );
  const failed = checks.flat().find(({ passed }) => !passed);
  if (failed) throw new Error(failed.detail);
}
const both = cost();
for (const { target } of disks) await target.claim.close();
const verified: EraseOutcome['verified'] = {
  seconds: both.seconds - written.seconds,
  cpuSeconds: both.cpuSeconds - written.cpuSeconds,
  peakMibAboveIdle: both.peakMibAboveIdle,
};
const outcome: EraseOutcome = { written, verified: task.verify ? verified : null };
process.stdout.write(JSON.stringify(outcome));
