import type { BlockDevice } from '../core/block-device.ts';
import type { JobContext } from '../core/job-context.ts';
import { idleDevicePhases } from '../core/progress.ts';
import type { DiskPass } from '../tools/fio.ts';
import type { FioJob } from '../tools/fio-report.ts';
import { burning } from './timed-run.ts';

/** fio writes whole blocks; the rest of a disk of an odd size is not written. */
const blockBytes = 4096;

export function wholeBlocks(sizeBytes: number): number {
  return sizeBytes - (sizeBytes % blockBytes);
}

export interface PassUnderWay {
  readonly disks: readonly BlockDevice[];
  readonly loop: number;
  readonly loops: number;
  readonly kind: DiskPass['kind'];
  /** Nobody knows how far it will come. */
  readonly isTimed: boolean;
}

/** Turns the reports of fio into progress: of the whole burn-in, and of each disk in this pass. */
export function passProgress(
  { disks, loop, loops, kind, isTimed }: PassUnderWay,
  { report }: Pick<JobContext, 'report'>,
): (jobs: readonly FioJob[]) => void {
  const sizes = new Map(disks.map(({ path, sizeBytes }) => [path, wholeBlocks(sizeBytes)]));
  const once = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const before = once * (2 * (loop - 1) + (kind === 'verify' ? 1 : 0));
  const tell = (jobs: readonly FioJob[]): void => {
    const done = new Map(jobs.map((job) => [job.name, job]));
    const bytesOf = (path: string): number => done.get(path)?.[kind === 'write' ? 'write' : 'read'].bytes ?? 0;
    const devices = [...sizes].map(([path, total]) => {
      const isFailed = (done.get(path)?.error ?? 0) !== 0;
      return [
        path,
        { phase: isFailed ? idleDevicePhases.failed : `${kind} ${loop}/${loops}`, done: bytesOf(path), total },
      ] as const;
    });
    const sum = [...sizes.keys()].reduce((bytes, path) => bytes + bytesOf(path), before);
    report({
      phase: burning,
      done: sum,
      total: isTimed ? null : once * 2 * loops,
      devices: Object.fromEntries(devices),
    });
  };
  tell([]);
  return tell;
}
