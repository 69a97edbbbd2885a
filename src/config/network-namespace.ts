import { readFileSync, readlinkSync } from 'node:fs';

/** What this module reads of the kernel: where a link below /proc leads, and the text of a file there; both may throw. */
export interface ProcReader {
  link(file: string): string;
  text(file: string): string;
}

const proc: ProcReader = { link: (file) => readlinkSync(file), text: (file) => readFileSync(file, 'utf8') };

/** The first process, and the thread that all kernel threads come from: neither ever leaves the machine's own namespace. */
const firstProcess = '/proc/1';
const firstKernelThread = '/proc/2';

export const networkNamespaceFiles: readonly string[] = [
  '/proc/self/ns/net',
  `${firstProcess}/ns/net`,
  `${firstKernelThread}/ns/net`,
  `${firstKernelThread}/stat`,
];

/**
 * Whether this process has another network namespace than the machine: that of its first process, which not everybody may ask for,
 * and that of its kernel threads. No where neither can be told, as in a container that shows only its own processes.
 */
export function hasOwnNetworkNamespace(reader: ProcReader = proc): boolean {
  const own = known(() => reader.link('/proc/self/ns/net'));
  const machine = [
    known(() => reader.link(`${firstProcess}/ns/net`)),
    known(() =>
      isKernelThread(reader.text(`${firstKernelThread}/stat`)) ? reader.link(`${firstKernelThread}/ns/net`) : null,
    ),
  ].filter((link) => link !== null);
  return own !== null && machine.length > 0 && machine.every((link) => link !== own);
}

/** PF_KTHREAD among the flags, the ninth field of proc_pid_stat(5); the second may hold spaces and ends with the last bracket. */
function isKernelThread(stat: string): boolean {
  const flags = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[6]);
  return (flags & 0x0020_0000) !== 0;
}

function known(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
