import { join } from 'node:path';
import { entryNames } from '../core/entry-names.ts';
import { readAttributeFile } from './attribute.ts';
import type { InventoryMemory } from './inventory.ts';

const mebibyte = 1024 * 1024;

/** A memory module, or what systeminformation takes for one: without a type it only repeats the total. */
export interface MemoryModule {
  /** In bytes. */
  readonly size: number;
  readonly type: string;
}

/**
 * The modules by systeminformation, which reads them as dmidecode and lshw do; its other figures (mem) count what is free, which
 * is not asked for.
 */
export async function collectMemory(
  sysfs = '/sys',
  meminfoPath = '/proc/meminfo',
  listModules = memoryModules,
): Promise<InventoryMemory> {
  const modules = await listModules();
  return {
    total: totalBytes(readAttributeFile(meminfoPath) ?? ''),
    physical_mb: modulesMebibytes(modules) ?? blocksMebibytes(sysfs),
  };
}

async function memoryModules(): Promise<readonly MemoryModule[]> {
  const { memLayout } = await import('systeminformation/lib/memory.js');
  return await memLayout();
}

/** MemTotal of proc_meminfo(5), which counts in kibibytes. Throws when it is not there. */
export function totalBytes(meminfo: string): number {
  const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  if (kibibytes === undefined) throw new Error(`/proc/meminfo: expected MemTotal, got ${meminfo.slice(0, 80)}`);
  return Number(kibibytes) * 1024;
}

/** By the modules that the firmware tells of; null when it tells of none. */
export function modulesMebibytes(modules: readonly MemoryModule[]): number | null {
  const bytes = modules.filter(({ type }) => type !== '' && type !== 'Empty').reduce((sum, { size }) => sum + size, 0);
  return bytes > 0 ? Math.round(bytes / mebibyte) : null;
}

/** By the blocks of memory that are online (Documentation/admin-guide/mm/memory-hotplug.rst); null without them. */
export function blocksMebibytes(sysfs: string): number | null {
  const directory = join(sysfs, 'devices/system/memory');
  const blockBytes = Number.parseInt(readAttributeFile(join(directory, 'block_size_bytes')) ?? '', 16);
  const blocks = entryNames(directory).filter((name) => /^memory\d+$/.test(name));
  const online = blocks.filter((name) => readAttributeFile(join(directory, name, 'online')) === '1');
  return Number.isNaN(blockBytes) || online.length === 0 ? null : Math.round((online.length * blockBytes) / mebibyte);
}
