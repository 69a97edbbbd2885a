import type { RunTool } from '../core/tool.ts';
import { type ProcessorFields, readProcessorFields } from '../tools/lscpu.ts';
import { readAttributeFile } from './attribute.ts';
import type { InventoryCpu } from './inventory.ts';

/**
 * By lscpu, which knows the names of ARM cores and reads nothing that /sys and /proc do not say. Not by systeminformation: where
 * firmware tells of the processor, as most does, it takes the `BIOS` lines of lscpu for the name.
 */
export async function collectProcessor(run: RunTool, cpuinfoPath = '/proc/cpuinfo'): Promise<InventoryCpu> {
  return describeProcessor(await readProcessorFields(run), readAttributeFile(cpuinfoPath) ?? '');
}

/** The flags and the present frequency are in /proc/cpuinfo, too, where older versions of lscpu do not tell them. */
export function describeProcessor(fields: ProcessorFields, cpuinfo: string): InventoryCpu {
  const ofCpuinfo = (name: string) => new RegExp(`^(?:${name})[ \\t]*:[ \\t]*(.+)$`, 'm').exec(cpuinfo)?.[1];
  const flags = fields['Flags'] ?? ofCpuinfo('flags|Features') ?? '';
  const frequency = Number(fields['CPU max MHz'] ?? fields['CPU MHz'] ?? ofCpuinfo('cpu MHz') ?? Number.NaN);
  const sockets = Number(fields['Socket(s)'] ?? 0);
  return {
    model_name: fields['Model name'] ?? ofCpuinfo('model name') ?? '',
    frequency: frequency > 0 ? String(Math.round(frequency)) : '',
    count: required(fields, 'CPU(s)'),
    architecture: fields['Architecture'] ?? '',
    flags: flags.split(/\s+/).filter((flag) => flag !== ''),
    socket_count: sockets > 0 ? sockets : null,
  };
}

function required(fields: ProcessorFields, name: string): number {
  const value = Number(fields[name]);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`lscpu: expected ${name}, got ${fields[name] ?? 'nothing'}`);
  return value;
}
