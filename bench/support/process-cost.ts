import { readFileSync, writeFileSync } from 'node:fs';

/** What this process has cost since the measurement began. */
export interface ProcessCost {
  readonly seconds: number;
  /** User and system time of all threads and of the children that were waited for. */
  readonly cpuSeconds: number;
  /** The part of it that the kernel took. */
  readonly systemSeconds: number;
  /** read(2) and its like, also from sockets: many for few bytes tell of a connection in trouble. */
  readonly readCalls: number;
  /** Highest resident memory above that at the beginning. */
  readonly peakMibAboveIdle: number;
}

/** Starts a measurement of this process. */
export function measureProcess(): () => ProcessCost {
  // proc(5): 5 resets the peak resident set size.
  writeFileSync('/proc/self/clear_refs', '5');
  const idleKib = statusKib('VmRSS');
  const cpu = cpuSeconds();
  const reads = readCalls();
  const started = performance.now();
  return () => ({
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: cpuSeconds().all - cpu.all,
    systemSeconds: cpuSeconds().system - cpu.system,
    readCalls: readCalls() - reads,
    peakMibAboveIdle: (statusKib('VmHWM') - idleKib) / 1024,
  });
}

function statusKib(field: string): number {
  const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (value === undefined) throw new Error(`/proc/self/status has no ${field}`);
  return Number(value);
}

/** Fields 14 to 17 of proc_pid_stat(5), in clock ticks of 10 ms. */
function cpuSeconds(): { readonly all: number; readonly system: number } {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, userOfChildren = 0, systemOfChildren = 0] = fields.slice(11, 15).map(Number);
  return {
    all: (user + system + userOfChildren + systemOfChildren) / 100,
    system: (system + systemOfChildren) / 100,
  };
}

/** proc_pid_io(5). */
function readCalls(): number {
  return Number(/^syscr: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}
