import { readdirSync, readFileSync } from 'node:fs';
import { isRunning } from './is-running.ts';

/** Processes below this one, at any depth, that are running this program; null where there are fewer. */
export function runningBelow(program: string, least = 1): readonly number[] | null {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [Number(pid), parentOf(pid)]));
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isBelow(parents.get(pid) ?? undefined));
  const running = [...parents.keys()].filter(
    (pid) => isBelow(parents.get(pid)) && isRunning(pid) && nameOf(pid).includes(program),
  );
  return running.length < least ? null : running;
}

function parentOf(pid: string): number | undefined {
  return Number(/^PPid:\s*(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) || undefined;
}

function nameOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
