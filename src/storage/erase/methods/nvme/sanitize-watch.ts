import { type NvmeSanitizeLog, readNvmeSanitizeLog } from '../../../../tools/nvme-sanitize-log.ts';
import { EraseMethodError, type MethodContext } from '../../method.ts';
import { followShare } from '../told-share.ts';
import type { NvmeDrive, NvmePatience } from './drive.ts';

export interface SanitizeLimits extends NvmePatience {
  /** How long a drive may take to tell of a command that it took. */
  readonly graceSeconds: number;
  /** Without any progress, at least; or twice what the drive estimates. Many drives tell no progress until they have ended. */
  readonly stallSeconds: number;
  /** In all, where the drive gives no estimate; else four times that, but not less than `stallSeconds`. */
  readonly totalSeconds: number;
}

export const usualSanitizeLimits: SanitizeLimits = {
  awaySeconds: 120,
  graceSeconds: 30,
  stallSeconds: 6 * 3600,
  totalSeconds: 7 * 24 * 3600,
  sysfs: '/sys',
};

export interface SanitizeWatch {
  readonly drive: NvmeDrive;
  readonly context: MethodContext;
  readonly limits: SanitizeLimits;
  /** Seconds; null where the drive does not say. */
  readonly estimate: number | null;
}

/** The log as the drive tells it now; what NvmeDrive.ask throws. */
export function readLog({ drive, context }: SanitizeWatch): Promise<NvmeSanitizeLog> {
  return drive.ask((device) => readNvmeSanitizeLog(context.run, device));
}

/** What a look at the log of a sanitize says: whether to wait on. */
type Verdict = 'wait' | 'ended';

/**
 * Looks at the log until `judge` says that it has ended, and gives the log of that moment. The drive is left at work whatever
 * happens. Throws EraseMethodError when it makes no progress or takes too long, and what `judge` throws.
 */
export async function watchLog(
  watch: SanitizeWatch,
  phase: string,
  judge: (log: NvmeSanitizeLog, secondsSoFar: number) => Verdict,
): Promise<NvmeSanitizeLog> {
  const began = performance.now();
  const share = followShare(phase, watch.context);
  for (;;) {
    const log = await readLog(watch);
    const taken = (performance.now() - began) / 1000;
    if (judge(log, taken) === 'ended') return log;
    if (log.state === 'under-way') share.look(log.progress);
    throwIfTooLong(watch, { phase, most: share.most ?? 0, stalled: share.stalledSeconds, taken });
    await watch.drive.pause();
  }
}

function throwIfTooLong(
  { estimate, limits, drive }: SanitizeWatch,
  { phase, most, stalled, taken }: { phase: string; most: number; stalled: number; taken: number },
): void {
  const stallSeconds = Math.max(limits.stallSeconds, 2 * (estimate ?? 0));
  const totalSeconds = estimate === null ? limits.totalSeconds : Math.max(limits.stallSeconds, 4 * estimate);
  const said = estimate === null ? 'the drive gives no estimate' : `the drive estimates ${estimate} s`;
  const rest = `at ${most / 10} % (${said}); it was not stopped, the drive may still be at work`;
  if (stalled > stallSeconds) {
    throw new EraseMethodError(`${drive.device}: ${phase}: no progress for ${Math.round(stalled)} s ${rest}`);
  }
  if (taken > totalSeconds) {
    throw new EraseMethodError(`${drive.device}: ${phase}: not ended after ${Math.round(taken)} s ${rest}`);
  }
}
