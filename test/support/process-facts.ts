import { readFileSync } from 'node:fs';

/** The process that started it; undefined for one that has none, or that has ended. */
export function parentOf(pid: number): number | undefined {
  return Number(/^PPid:\s*(\d+)$/m.exec(readProc(`${pid}/status`))?.[1] ?? 0) || undefined;
}

/** Program and arguments, each followed by a NUL (proc_pid_cmdline(5)); empty when it has ended. */
export function commandLineOf(pid: number): string {
  return readProc(`${pid}/cmdline`);
}

/** A file below /proc; empty when the process that it tells of has ended. */
export function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}
