import { readdirSync } from 'node:fs';
import { isRunning } from './is-running.ts';
import { commandLineOf, parentOf } from './process-facts.ts';

/** Processes below this one, at any depth, that are running this program; null where there are fewer. */
export function runningBelow(program: string, least = 1): readonly number[] | null {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isBelow(parents.get(pid) ?? undefined));
  const running = [...parents.keys()].filter(
    (pid) => isBelow(parents.get(pid)) && isRunning(pid) && commandLineOf(pid).includes(program),
  );
  return running.length < least ? null : running;
}
