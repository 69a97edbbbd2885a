import { readdirSync, readFileSync } from 'node:fs';

/** CPU of one thread while it was watched. Names are those of the kernel: those of libuv and V8 share some. */
export interface ThreadCost {
  readonly name: string;
  /** How many threads have the name. */
  readonly count: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

interface Ticks {
  readonly name: string;
  readonly user: number;
  readonly system: number;
}

const everyMs = 50;

/** Watches all threads of this process, also those that end before it is asked: proc_pid_task(5). */
export function watchThreads(): () => readonly ThreadCost[] {
  const before = readThreads();
  const latest = new Map<string, Ticks>();
  const look = (): void => {
    for (const [id, ticks] of readThreads()) latest.set(id, ticks);
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    look();
    const byName = new Map<string, { count: number; user: number; system: number }>();
    for (const [id, { name, user, system }] of latest) {
      const sum = byName.get(name) ?? { count: 0, user: 0, system: 0 };
      sum.count += 1;
      sum.user += user - (before.get(id)?.user ?? 0);
      sum.system += system - (before.get(id)?.system ?? 0);
      byName.set(name, sum);
    }
    return [...byName]
      .map(([name, { count, user, system }]) => ({
        name,
        count,
        userSeconds: user / 100,
        systemSeconds: system / 100,
      }))
      .filter(({ userSeconds, systemSeconds }) => userSeconds + systemSeconds > 0)
      .sort((a, b) => b.userSeconds + b.systemSeconds - a.userSeconds - a.systemSeconds);
  };
}

/** By thread id; user and system time in ticks of 10 ms. */
function readThreads(): Map<string, Ticks> {
  const threads = new Map<string, Ticks>();
  for (const id of readdirSync('/proc/self/task')) {
    try {
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      threads.set(id, {
        name: id === String(process.pid) ? 'main' : name,
        user: Number(fields[11]),
        system: Number(fields[12]),
      });
    } catch {
      // It has just ended.
    }
  }
  return threads;
}
