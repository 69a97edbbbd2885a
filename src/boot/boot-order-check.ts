import type { BootEntry, BootVariables, NewBootEntry } from '../tools/efibootmgr.ts';
import type { BootPlan } from './boot-plan.ts';

/**
 * Compares what the firmware says after the writing with what was planned: every new entry is there, active, leads to the
 * right loader, and the new ones are in front of the boot order. Returns what is wrong, in words; empty means all is well.
 * Firmware may put further entries of its own behind them: that is not our business.
 */
export function bootOrderProblems(plan: BootPlan, after: BootVariables): readonly string[] {
  const created = new Set(plan.create.map(({ number }) => number));
  const entries = new Map(after.entries.map((entry) => [entry.number, entry]));
  const wrong = plan.create.flatMap((wanted) => entryProblems(plan, wanted, entries.get(wanted.number)));
  const stale = plan.remove
    .filter(({ number, label }) => !created.has(number) && entries.get(number)?.label === label)
    .map(({ number, label }) => `Boot${number} (${label}) was to be removed and is still there`);
  const expected = plan.newOrder.slice(0, created.size);
  const inFront = expected.every((number, i) => after.order[i] === number);
  const order = inFront ? [] : [`boot order is ${list(after.order)}, expected it to begin with ${list(expected)}`];
  return [...wrong, ...stale, ...order];
}

function entryProblems(plan: BootPlan, wanted: NewBootEntry, found: BootEntry | undefined): readonly string[] {
  const name = `Boot${wanted.number} (${wanted.label})`;
  if (found === undefined) return [`${name} is not there`];
  const problems: string[] = [];
  if (found.label !== wanted.label) problems.push(`${name} has the label ${found.label}`);
  if (!found.active) problems.push(`${name} is not active`);
  if (!leadsTo(found.devicePath, plan, wanted)) {
    problems.push(`${name} leads to ${found.devicePath}, expected ${wanted.loader} on ${plan.esp.device}`);
  }
  return problems;
}

/** efibootmgr up to 17 writes `HD(1,GPT,guid,..)/File(\path)`, 18 writes `HD(1,GPT,guid,..)/\path`. */
function leadsTo(devicePath: string, { esp }: BootPlan, wanted: NewBootEntry): boolean {
  const text = devicePath.toLowerCase();
  const loader = wanted.loader.toLowerCase();
  const partition = esp.guid === null ? `hd(${esp.number},` : `hd(${esp.number},gpt,${esp.guid},`;
  return text.includes(partition) && (text.includes(`/file(${loader})`) || text.includes(`)/${loader}`));
}

function list(order: readonly string[]): string {
  return order.length > 0 ? order.join(',') : 'not set';
}
