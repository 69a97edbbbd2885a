import { join } from 'node:path';
import { entryNames } from '../../core/entry-names.ts';
import { errorText } from '../../errors/guards.ts';
import { readAttributeFile } from '../../inventory/attribute.ts';
import { hardwareInterfaces } from '../../inventory/mac-addresses.ts';
import type { Collector } from '../collector.ts';

export interface NumaTopology {
  readonly ram: readonly { readonly numa_node: number; readonly size_kb: number }[];
  /** One entry for each core: its number in its package, and the logical processors that it is. */
  readonly cpus: readonly {
    readonly cpu: number;
    readonly numa_node: number;
    readonly thread_siblings: readonly number[];
  }[];
  readonly nics: readonly { readonly name: string; readonly numa_node: number }[];
}

/**
 * Which memory, cores and network interfaces are near each other; null where the kernel does not tell of nodes. Throws for what
 * cannot be read as documented in Documentation/ABI/stable/sysfs-devices-node and .../sysfs-devices-system-cpu.
 */
export function numaTopology(sysfs = '/sys'): NumaTopology | null {
  const root = join(sysfs, 'devices/system/node');
  const nodes = numbersOf(root, 'node');
  if (nodes.length === 0) return null;
  return {
    ram: nodes.map((node) => ({ numa_node: node, size_kb: memoryKib(join(root, `node${node}`, 'meminfo')) })),
    cpus: nodes.flatMap((node) => coresOf(sysfs, node)),
    nics: hardwareInterfaces(sysfs).flatMap(({ name }) => {
      const text = readAttributeFile(join(sysfs, 'class/net', name, 'device/numa_node'));
      return text === null ? [] : [{ name, numa_node: integer(text, `${name}: device/numa_node`) }];
    }),
  };
}

function memoryKib(path: string): number {
  const text = readAttributeFile(path) ?? '';
  return integer(/\bMemTotal:\s+(\d+) kB$/m.exec(text)?.[1] ?? '', path);
}

/** A processor that is offline has no topology, and belongs to no core. */
function coresOf(sysfs: string, node: number): NumaTopology['cpus'] {
  const cores = new Map<string, { cpu: number; numa_node: number; thread_siblings: number[] }>();
  const list = join(sysfs, `devices/system/node/node${node}/cpulist`);
  for (const thread of parseCpuList(readAttributeFile(list) ?? '', list)) {
    const topology = join(sysfs, `devices/system/cpu/cpu${thread}/topology`);
    const core = readAttributeFile(join(topology, 'core_id'));
    if (core === null) continue;
    const key = `${readAttributeFile(join(topology, 'physical_package_id'))} ${core}`;
    const known = cores.get(key);
    if (known) known.thread_siblings.push(thread);
    else cores.set(key, { cpu: integer(core, topology), numa_node: node, thread_siblings: [thread] });
  }
  return [...cores.values()];
}

/** `0-3,8`; empty for a node of nothing but memory. */
function parseCpuList(text: string, what: string): readonly number[] {
  return text.split(',').flatMap((range) => {
    if (range === '') return [];
    const [first = '', last = first] = range.split('-');
    const from = integer(first, what);
    return Array.from({ length: integer(last, what) - from + 1 }, (_, index) => from + index);
  });
}

function integer(text: string, what: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`${what}: expected a number, found '${text}'`);
  return Number(text);
}

/** The numbers of `node0`, `node1`, ... in a directory, in their order; none without the directory. */
function numbersOf(directory: string, prefix: string): readonly number[] {
  const numbered = new RegExp(`^${prefix}(\\d+)$`);
  return entryNames(directory)
    .flatMap((name) => numbered.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

/** A topology that makes no sense is no reason to fail an inspection: it is left out, as ironic-python-agent does. */
export const numaCollector: Collector = {
  name: 'numa-topology',
  limitSeconds: () => 30,
  async collect({ log }) {
    try {
      const topology = numaTopology();
      if (topology) return { numa_topology: topology };
      log.info({}, 'the kernel tells of no NUMA nodes');
    } catch (error) {
      log.warn({ err: errorText(error) }, 'NUMA topology not understood');
    }
    return {};
  },
};
