import type { BlockDevice } from '../../core/block-device.ts';
import { errorText } from '../../errors/guards.ts';
import { readMounts, readSwaps, type Use } from '../device-uses.ts';
import { readAttribute, readParent, readPartitions, readRelatives } from '../sysfs.ts';
import type { BlockNode, HolderFacts } from './holder-facts.ts';
import { type MappedNames, nodeKind } from './node-kind.ts';

/**
 * The tree of everything that is built upon some devices, from sysfs (Documentation/ABI/stable/sysfs-block, sysfs-block-dm;
 * Documentation/admin-guide/md.rst), and where each part of it is mounted or swapped to. What cannot be read of a device is told
 * of that device, and planRelease refuses it.
 */
export function readHolders(devices: readonly BlockDevice[]): HolderFacts {
  const uses = [...readMounts(), ...readSwaps()];
  const nodes = new Map<string, BlockNode>();
  const unread = devices.flatMap(({ path: device }) => {
    try {
      readUpwards(device, uses, nodes);
      return [];
    } catch (error) {
      return [{ device, why: errorText(error) }];
    }
  });
  return { nodes: [...nodes.values()], unread };
}

function readUpwards(path: string, uses: readonly Use[], nodes: Map<string, BlockNode>): void {
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (nodes.has(next)) continue;
    const node = readNode(next, uses);
    waiting.push(...readRelatives(next, 'holders'), ...(node.kind === 'partition' ? [] : readPartitions(next)));
    nodes.set(next, node);
  }
}

function readNode(path: string, uses: readonly Use[]): BlockNode {
  const mapped = readMappedNames(path);
  const parent = readParent(path);
  const level = readAttribute(path, 'md/level');
  const slaves = readRelatives(path, 'slaves');
  const kind = nodeKind({
    path,
    isPartition: parent !== null,
    isArray: level !== null,
    mapped,
    isStacked: slaves.length > 0,
  });
  const state = readAttribute(path, 'md/array_state');
  return {
    path,
    kind,
    below: parent === null ? [...slaves, ...containerOf(path)] : [parent],
    name: mapped?.name ?? null,
    group: kind === 'volume' ? (/^LVM-(.{32})/.exec(mapped?.uuid ?? '')?.[1] ?? null) : null,
    isActive: kind !== 'array' || (state !== 'inactive' && state !== 'clear'),
    mountPoints: uses.filter((use) => use.kind === 'mounted' && use.device === path).map(({ by }) => by),
    isSwap: uses.some((use) => use.kind === 'swap' && use.device === path),
  };
}

function readMappedNames(path: string): MappedNames | null {
  const name = readAttribute(path, 'dm/name');
  return name === null ? null : { name, uuid: readAttribute(path, 'dm/uuid') ?? '' };
}

/** An array with metadata of the firmware says `external:/md127/0`: md127 is its container. */
function containerOf(path: string): readonly string[] {
  const container = /^external:[/-](md[^/]+)\//.exec(readAttribute(path, 'md/metadata_version') ?? '')?.[1];
  return container === undefined ? [] : [`/dev/${container}`];
}
