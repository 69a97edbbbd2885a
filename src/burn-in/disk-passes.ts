import type { BlockDevice } from '../core/block-device.ts';
import type { StepContext } from '../core/job-context.ts';
import { CommandExecutionError } from '../errors/catalogue.ts';
import { isObject } from '../errors/guards.ts';
import { type BlockChecksum, type DiskPass, diskPassArgs, type FioOutcome, runFio } from '../tools/fio.ts';
import type { FioJob } from '../tools/fio-report.ts';
import type { DiskOptions } from './burn-in-options.ts';
import { passProgress, wholeBlocks } from './disk-progress.ts';

/** A block left from the pass before has a good checksum, but of the other kind: so a disk that drops a write is found out. */
const checksums: readonly BlockChecksum[] = ['crc32c', 'xxhash'];

/** One run over all disks. */
export interface PassResult extends FioOutcome {
  /** From 1. */
  readonly loop: number;
  readonly kind: DiskPass['kind'];
}

/**
 * Writes over all disks at once, and reads back what was written, as often as wanted or until the time is over; hands over each
 * result, and goes on unless that throws. A run after the process died goes on behind the last loop that is complete.
 */
export async function passOverDisks(
  disks: readonly BlockDevice[],
  { loops, runtimeSeconds }: Pick<DiskOptions, 'loops' | 'runtimeSeconds'>,
  context: StepContext,
  ended: (result: PassResult) => Promise<void>,
): Promise<void> {
  const paths = disks.map(({ path }) => path);
  const before = recordOf(context.checkpoint.read(), paths);
  const started = performance.now() - before.seconds * 1000;
  const elapsed = (): number => Math.floor((performance.now() - started) / 1000);
  const left = (): number | null => (runtimeSeconds === null ? null : Math.max(1, runtimeSeconds - elapsed()));
  const run = async (pass: DiskPass, loop: number): Promise<readonly FioJob[]> => {
    const report = passProgress({ disks, loop, loops, kind: pass.kind, isTimed: runtimeSeconds !== null }, context);
    const effect = { kind: 'device', device: pass.disks[0]?.path ?? '' } as const;
    const outcome = await runFio({ args: diskPassArgs(pass), effect }, context, report);
    await ended({ loop, kind: pass.kind, ...outcome });
    assertCovered(pass, outcome.jobs);
    return outcome.jobs;
  };
  for (let loop = before.loops + 1; loop <= loops; loop += 1) {
    const checksum = checksums[(loop - 1) % checksums.length] ?? 'crc32c';
    const whole = disks.map(({ path, sizeBytes }) => ({ path, bytes: wholeBlocks(sizeBytes) }));
    const seconds = left();
    // What is written is read back, however little time there is: so half of it.
    const runtime = seconds === null ? null : Math.ceil(seconds / 2);
    const written = await run({ kind: 'write', checksum, disks: whole, runtimeSeconds: runtime }, loop);
    const back = written.map(({ name, write }) => ({ path: name, bytes: write.bytes }));
    await run({ kind: 'verify', checksum, disks: back, runtimeSeconds: left() }, loop);
    context.checkpoint.save({ disks: paths, loops: loop, seconds: elapsed() } satisfies Recorded);
    if (runtimeSeconds !== null && elapsed() >= runtimeSeconds) break;
  }
}

/** That fio ended well is not enough: all that was to be done has to be in its report, and at least something where time is limited. */
function assertCovered({ kind, disks, runtimeSeconds }: DiskPass, jobs: readonly FioJob[]): void {
  for (const { path, bytes } of disks) {
    const job = jobs.find(({ name }) => name === path);
    const done = job?.[kind === 'write' ? 'write' : 'read'].bytes ?? 0;
    if (runtimeSeconds === null ? done === bytes : done > 0) continue;
    throw new CommandExecutionError(`burn-in of disks failed: ${path}: ${kind} covered ${done} of ${bytes} bytes`);
  }
}

interface Recorded {
  readonly disks: readonly string[];
  /** That are complete. */
  readonly loops: number;
  readonly seconds: number;
}

/** What an earlier run wrote down; one of other disks does not count. */
function recordOf(saved: unknown, paths: readonly string[]): Pick<Recorded, 'loops' | 'seconds'> {
  const { disks, loops, seconds } = isObject(saved) ? saved : {};
  const isSame = Array.isArray(disks) && disks.join(' ') === paths.join(' ');
  if (!isSame || typeof loops !== 'number' || typeof seconds !== 'number') return { loops: 0, seconds: 0 };
  return { loops, seconds };
}
