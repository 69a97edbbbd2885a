import { machine } from 'node:os';
import { readAttributeFile } from './attribute.ts';
import type { InventoryCpu } from './inventory.ts';

/** What systeminformation finds out about processors, as far as we use it. */
export interface ProcessorFacts {
  readonly manufacturer: string;
  readonly brand: string;
  /** The highest, in GHz; 0 when it does not know. */
  readonly speedMax: number;
  /** Logical processors. */
  readonly cores: number;
  /** Sockets. */
  readonly processors: number;
  /** With spaces between them. */
  readonly flags: string;
}

export async function collectProcessor(): Promise<InventoryCpu> {
  const { cpu } = await import('systeminformation');
  return describeProcessor(await cpu(), readAttributeFile('/proc/cpuinfo') ?? '', machine());
}

/**
 * /proc/cpuinfo has the better name on x86, where systeminformation takes the maker out of it, and none on ARM. Source of
 * the file: fs/proc/cpuinfo.c and arch/x86/kernel/cpu/proc.c of the kernel.
 */
export function describeProcessor(facts: ProcessorFacts, cpuinfo: string, architecture: string): InventoryCpu {
  const named = /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1]?.trim();
  return {
    model_name: named ?? `${facts.manufacturer} ${facts.brand}`.trim(),
    frequency: facts.speedMax > 0 ? String(Math.round(facts.speedMax * 1000)) : '',
    count: facts.cores,
    architecture,
    flags: facts.flags.split(/\s+/).filter((flag) => flag !== ''),
    socket_count: facts.processors > 0 ? facts.processors : null,
  };
}
