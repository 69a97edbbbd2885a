import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { commandLineOf, parentOf, readProc } from './process-facts.ts';

export type AgentProcessName = 'redis' | 'api' | 'worker-storage' | 'worker-system';

const marks: Readonly<Record<AgentProcessName, RegExp>> = {
  redis: /^redis-server/,
  api: /(api\/main\.ts|dist\/api\.mjs)/,
  'worker-storage': /--group storage/,
  'worker-system': /--group system/,
};

/** Process ids of the children of `launcher`, by what they are; one that is down at the moment is missing. */
export function agentProcesses(launcher: number): Partial<Record<AgentProcessName, number>> {
  const children = readProc(`${launcher}/task/${launcher}/children`).split(' ').filter(Boolean).map(Number);
  return byName(children);
}

/** The same of the agent with this state directory, wherever it was started and in whatever namespace. */
export function agentProcessesAt(stateDir: string): Partial<Record<AgentProcessName, number>> {
  return byName(processesOf(stateDir));
}

function byName(pids: readonly number[]): Partial<Record<AgentProcessName, number>> {
  const found: Partial<Record<AgentProcessName, number>> = {};
  for (const pid of pids) {
    const command = commandLineOf(pid).split('\0').join(' ');
    for (const name of Object.keys(marks) as AgentProcessName[]) {
      if (marks[name].test(command) && !isFork(pid)) found[name] = pid;
    }
  }
  return found;
}

/** Between fork and execve a program that is being started has the command line of the process that starts it. */
function isFork(pid: number): boolean {
  const parent = parentOf(pid);
  return parent !== undefined && commandLineOf(parent) === commandLineOf(pid);
}

/** Every process that was started for this state directory, whoever is its parent now. */
export function processesOf(stateDir: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const isOurs = (pid: string): boolean => {
    const text = `${readProc(`${pid}/cmdline`)}\0${readProc(`${pid}/environ`)}`;
    return text.includes(stateDir) && !text.includes(guardMark);
  };
  return pids.filter(isOurs).map(Number);
}

const guardMark = 'ironhand-test-guard';

const guardScript = `: ${guardMark}
cat > /dev/null
for round in 1 2 3; do
  grep --no-messages --text --files-with-matches --fixed-strings -- "$1" /proc/[0-9]*/cmdline /proc/[0-9]*/environ |
    cut -d / -f 3 | grep --invert-match --line-regexp "$$" | xargs --no-run-if-empty kill -KILL 2> /dev/null
done
rm -rf -- "$1"
`;

/**
 * Starts a process that outlives ours, however ours ends (a failed test, a time limit, kill -9): when its input is closed it
 * kills whatever was started for `directory` and removes that. The agent starts its processes in groups of their own and with
 * an environment of their own, so that nothing else would find them.
 */
export function startGuard(directory: string): ChildProcess {
  const guard = spawn('sh', ['-c', guardScript, guardMark, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}
