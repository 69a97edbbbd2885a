import { readFileSync } from 'node:fs';
import type { RunningAgent } from '../../test/support/agent.ts';

/** The processes whose cost is that of an agent; the launcher is none of them in a ramdisk, so it is told apart. */
export const agentProcessNames = ['api', 'worker-storage', 'worker-system', 'redis'] as const;
export type AgentProcessName = (typeof agentProcessNames)[number];

/** User and system time of a process and all its threads and waited-for children: proc_pid_stat(5), fields 14 to 17. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

/** Memory that would be free if the process ended (USS), in MiB: proc_pid_smaps(5). */
export function ussMibOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map(([, text]) => Number(text));
  return kib.reduce((sum, part) => sum + part, 0) / 1024;
}

/** One figure for each process of an agent. */
export function perProcess(agent: RunningAgent, figure: (pid: number) => number): Record<AgentProcessName, number> {
  return Object.fromEntries(agentProcessNames.map((name) => [name, figure(agent.pid(name))])) as Record<
    AgentProcessName,
    number
  >;
}

export function sum(figures: Readonly<Record<string, number>>): number {
  return Object.values(figures).reduce((total, figure) => total + figure, 0);
}
