import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockDevice } from '../core/block-device.ts';
import type { StepContext } from '../core/job-context.ts';
import { CommandExecutionError } from '../errors/catalogue.ts';
import { readSelfTest, type SelfTest, startSelfTest, stopSelfTest } from '../tools/smartctl-self-test.ts';

const usualPollMilliseconds = 30_000;

/**
 * Lets all disks test themselves, the long test, at the same time. A disk that has no such test is left out, with a warning in the
 * log. Where it is aborted, the disks are told to stop. Throws CommandExecutionError that names each disk that failed.
 */
export async function selfTestDisks(
  disks: readonly BlockDevice[],
  context: Pick<StepContext, 'run' | 'log' | 'report' | 'signal'>,
  pollMilliseconds = usualPollMilliseconds,
): Promise<void> {
  const started: BlockDevice[] = [];
  const results = new Map<string, SelfTest>();
  try {
    for (const disk of disks) {
      if (await startSelfTest(context.run, disk.path)) started.push(disk);
      else context.log.warn({ device: disk.path }, 'the disk has no self-test, or not one that smartctl can start');
    }
    for (;;) {
      tell(started, results, context);
      const waiting = started.filter(({ path }) => (results.get(path)?.kind ?? 'running') === 'running');
      if (waiting.length === 0) break;
      await sleep(pollMilliseconds, undefined, { signal: context.signal }).catch(() => undefined);
      context.signal.throwIfAborted();
      for (const { path } of waiting) results.set(path, await readSelfTest(context.run, path));
    }
  } catch (error) {
    for (const { path } of started) await stopSelfTest(context.run, path);
    throw error;
  }
  context.log.info({ self_tests: Object.fromEntries(results) }, 'self-tests have ended');
  assertAllPassed(results);
}

function assertAllPassed(results: ReadonlyMap<string, SelfTest>): void {
  const failed = [...results].flatMap(([path, result]) => {
    if (result.kind === 'passed') return [];
    return [`${path}: ${result.kind === 'failed' ? result.why : 'no result that smartctl can tell'}`];
  });
  if (failed.length > 0) throw new CommandExecutionError(`the self-test failed: ${failed.join('; ')}`);
}

/** A share of the disk stands for the share of the test. */
function tell(
  disks: readonly BlockDevice[],
  results: ReadonlyMap<string, SelfTest>,
  { report }: Pick<StepContext, 'report'>,
): void {
  const devices = disks.map(({ path, sizeBytes: total }) => {
    const result = results.get(path) ?? { kind: 'running', remainingPercent: null };
    const remaining = result.kind === 'running' ? (result.remainingPercent ?? 100) : 0;
    return [path, { phase: 'self-test', done: Math.floor((total * (100 - remaining)) / 100), total }] as const;
  });
  const sum = (key: 'done' | 'total'): number => devices.reduce((bytes, [, device]) => bytes + device[key], 0);
  report({ phase: 'self-test', done: sum('done'), total: sum('total'), devices: Object.fromEntries(devices) });
}
