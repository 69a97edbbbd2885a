import type { Host } from '../core/job-context.ts';
import { type BootVariables, createBootEntry, deleteBootEntry, readBootVariables } from '../tools/efibootmgr.ts';
import { bootOrderProblems } from './boot-order-check.ts';
import type { BootPlan } from './boot-plan.ts';

/** The firmware took the writes, but does not say what was written. */
export class BootOrderError extends Error {
  override readonly name = 'BootOrderError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the firmware did not keep what was written: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/**
 * Walks the plan, then reads the variables back. Returns what the firmware holds now; throws ToolError where a write fails,
 * BootOrderError where a new entry is missing or not in front.
 */
export async function writeBootEntries(host: Pick<Host, 'run' | 'log'>, plan: BootPlan): Promise<BootVariables> {
  for (const { number, label, devicePath } of plan.remove) {
    host.log.info({ number, label, devicePath }, 'removing a stale boot entry');
    await deleteBootEntry(host.run, number);
  }
  for (const entry of plan.create) {
    host.log.info({ ...entry }, 'creating a boot entry');
    await createBootEntry(host.run, entry);
  }
  const after = await readBootVariables(host.run);
  const problems = bootOrderProblems(plan, after);
  if (problems.length > 0) throw new BootOrderError(problems);
  return after;
}
