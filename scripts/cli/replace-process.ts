import type { ProcessSpec } from './process-table.ts';

/** Becomes another program, so that whoever started us (systemd, docker) signals it directly: execve(2). */
export function replaceProcess({ program, args, env }: ProcessSpec): never {
  const file = program.includes('/') ? program : `/usr/bin/${program}`;
  process.execve?.(file, [program, ...args], { ...env });
  throw new Error(`${program}: this Node has no process.execve`);
}
