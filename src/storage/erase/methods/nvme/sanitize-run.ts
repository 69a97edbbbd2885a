import { ToolError } from '../../../../errors/tool-error.ts';
import { nvmeStatus, nvmeStatusOf } from '../../../../tools/nvme-answer.ts';
import { type SanitizeAction, sanitizeDword10, startNvmeSanitize } from '../../../../tools/nvme-sanitize.ts';
import type { NvmeSanitizeLog } from '../../../../tools/nvme-sanitize-log.ts';
import { EraseMethodError, type MethodEvidence } from '../../method.ts';
import { intentRecord, judgeLog, readSanitizeRecord, type SanitizeRecord } from './sanitize-record.ts';
import { readLog, type SanitizeWatch, watchLog } from './sanitize-watch.ts';

export interface SanitizeRun extends SanitizeWatch {
  readonly action: SanitizeAction;
  /** Every namespace that is erased with it. */
  readonly reach: readonly string[];
}

/** How often others may be quicker to begin a sanitize of theirs. */
const mostRounds = 3;

/**
 * Brings one sanitize of ours to its end: the one on record where the drive is still at it or has done it, else a new one. Throws
 * EraseMethodError, SafetyLatchError, and the reason of the signal when the worker stops: the drive goes on then.
 */
export async function runSanitize(run: SanitizeRun): Promise<MethodEvidence> {
  const { limits } = run;
  const { record } = run.context;
  const found = readSanitizeRecord(record.read());
  const first = judgeLog(await readLog(run), found);
  let current = found !== null && first !== 'none' && first !== 'foreign' ? found : await begin(run);
  const reattached = current === found;
  const log = await watchLog(run, 'sanitize', (now, secondsSoFar) => {
    const standing = judgeLog(now, current);
    if (standing === 'ended') return 'ended';
    if (standing === 'under-way') {
      if (current.seen) return 'wait';
      current = { ...current, phase: 'started', seen: true };
      record.save(current);
      return 'wait';
    }
    if (standing === 'foreign') throw failure(run, 'another sanitize took the place of ours', now);
    if (secondsSoFar < limits.graceSeconds) return 'wait';
    throw failure(run, 'the drive took the command and did nothing', now);
  });
  if (log.state === 'failed') {
    throw failure(run, 'the sanitize failed in the drive, which accepts only another sanitize now', log);
  }
  return evidenceOf(run, log, { ...current, reattached });
}

/** Puts the intent on record, then sends the command; waits for sanitizes of others first. */
async function begin(run: SanitizeRun): Promise<SanitizeRecord> {
  const { action, context, drive, reach } = run;
  for (let round = 0; round < mostRounds; round += 1) {
    const before = await watchLog(run, 'wait for another sanitize', isAtWork);
    const intent = intentRecord(sanitizeDword10(action), before);
    drive.throwIfStopping();
    for (const device of reach) context.latch.permit({ kind: 'device', device });
    context.record.save(intent);
    try {
      await startNvmeSanitize(context.run, drive.device, action);
    } catch (error) {
      if (nvmeStatusOf(error) !== nvmeStatus.sanitizeInProgress) return await afterRefusal(run, intent, error);
      context.record.save(null);
      continue;
    }
    const started: SanitizeRecord = { ...intent, phase: 'started', exitCode: 0 };
    context.record.save(started);
    return started;
  }
  throw new EraseMethodError(`${drive.device}: others began ${mostRounds} sanitizes of theirs before ours`, {
    tool: 'nvme sanitize',
  });
}

function isAtWork({ state }: NvmeSanitizeLog): 'wait' | 'ended' {
  return state === 'under-way' ? 'wait' : 'ended';
}

/** The program failed. The drive may have taken the command all the same, as with a reset in that moment: its log decides. */
async function afterRefusal(run: SanitizeRun, intent: SanitizeRecord, error: unknown): Promise<SanitizeRecord> {
  if (!(error instanceof ToolError)) throw error;
  run.drive.throwIfStopping();
  const standing = judgeLog(await readLog(run), intent);
  if (standing === 'none' || standing === 'foreign') {
    throw new EraseMethodError(error.message, { cause: error, tool: 'nvme sanitize', exitCode: error.exitCode });
  }
  const started: SanitizeRecord = { ...intent, phase: 'started', exitCode: error.exitCode };
  run.context.record.save(started);
  return started;
}

function failure({ drive }: SanitizeRun, why: string, log: NvmeSanitizeLog): EraseMethodError {
  return new EraseMethodError(`${drive.device}: ${why} (sanitize log: ${describeLog(log)})`, { tool: 'nvme sanitize' });
}

/** The log in one line. */
export function describeLog({ state, cdw10, progress, passes, globalErased }: NvmeSanitizeLog): string {
  const share = state === 'under-way' ? `, ${((progress * 100) / 65536).toFixed(1)} %` : '';
  return `${state}, command 0x${cdw10.toString(16)}, ${passes} passes, global data erased ${globalErased}${share}`;
}

function evidenceOf(
  { action, drive, estimate }: SanitizeRun,
  log: NvmeSanitizeLog,
  { exitCode, startedAt, reattached, seen }: SanitizeRecord & { readonly reattached: boolean },
): MethodEvidence {
  const details = {
    action,
    state: log.state,
    cdw10: log.cdw10,
    passes: log.passes,
    globalErased: log.globalErased,
    seenUnderWay: seen,
    estimateSeconds: estimate,
    sanitizeStartedAt: startedAt,
    reattached,
    serial: drive.identity.serial,
    deviceAtEnd: drive.device,
  };
  return { tool: 'nvme sanitize', exitCode, bytes: 0, badRanges: [], details };
}
