import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const endSeconds = 10;

/** Kills a process group by the id of its leader. */
export function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: it ended by itself in this moment.
  }
}

/** Waits until a killed group has ended; a process inside a device driver dies later than its signal. Gives up after 10 s. */
export async function endOfGroup(leader: number | undefined): Promise<void> {
  if (leader === undefined) return;
  const deadline = performance.now() + endSeconds * 1000;
  while (hasRunningMember(leader) && performance.now() < deadline) await delay(10);
}

/** Zombies do not count: they do nothing any more, and their parent may take its time. */
function hasRunningMember(group: number): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    const { state, processGroup } = readStat(entry);
    return processGroup === group && state !== 'Z' && state !== 'X';
  });
}

/** proc_pid_stat(5): fields 3 (state) and 5 (process group), behind a command name that may hold anything. */
function readStat(pid: string): { readonly state?: string; readonly processGroup?: number } {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return {};
  }
  const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, processGroup: Number(group) };
}
