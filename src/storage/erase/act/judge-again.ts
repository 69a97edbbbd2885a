import type { StepContext } from '../../../core/job-context.ts';
import type { PlannedErase } from '../plan/erase-plan.ts';
import { assertStillPermitted, findNewRefusals } from '../plan/plan-erasure.ts';
import { endAsItIs } from './erase-group.ts';
import type { EraseJournal } from './journal.ts';

/**
 * Asks the guard again about the disks that a process that died had not begun. Where it had begun none, a refusal stops all:
 * throws ProtectedDeviceError. Else a refused disk ends as it is, with every disk whose erase would reach it: those that are in the
 * middle must come to their end (a drive may be locked), and the results of those that are done must not be lost.
 */
export async function judgeAgain(journal: EraseJournal, context: StepContext): Promise<void> {
  const { plan } = journal.run;
  const untouched = plan.erase.filter((planned) => isUntouched(planned, journal));
  if (untouched.length === plan.erase.length) return await assertStillPermitted(plan, context.node, context);
  const refusals = await findNewRefusals(untouched, context.node, plan, context);
  for (const planned of plan.erase) {
    const reached = [planned.device.path, ...planned.reach];
    const details = refusals.filter(({ device }) => reached.includes(device)).map(({ detail }) => detail);
    if (details.length === 0 || hasEndedOrRuns(planned, journal)) continue;
    context.log.warn({ device: planned.device.path, why: details }, 'the guard does not permit this disk any more');
    endAsItIs(planned, `it may not be erased any more: ${details.join('; ')}`, journal);
  }
}

/** True once a method has taken up one of the disks: until then holders may still be there. */
export function hasTouched(journal: EraseJournal): boolean {
  return !journal.run.plan.erase.every((planned) => isUntouched(planned, journal));
}

/** No method has taken it up, as far as the record tells: at most there are marks on it. */
function isUntouched({ device }: PlannedErase, journal: EraseJournal): boolean {
  const { attempts, method, erasure } = journal.of(device.path);
  return attempts.length === 0 && method === null && erasure === null;
}

function hasEndedOrRuns({ device }: PlannedErase, journal: EraseJournal): boolean {
  const { erasure, record } = journal.of(device.path);
  return erasure !== null || record !== null;
}
