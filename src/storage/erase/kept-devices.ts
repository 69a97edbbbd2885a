import type { BlockDevice } from '../../core/block-device.ts';
import type { IronicNode } from '../../core/ironic-node.ts';
import { type BlockTree, byName } from '../holders/block-tree.ts';
import { isArrayName, type RaidMember } from '../raid-members.ts';
import { readSkipList } from '../skip-list.ts';
import type { TargetFacts } from './target-facts.ts';

/** What the skip list protects, with all that hangs together with it. */
export interface KeptDevices {
  /** Why one of these devices (a disk and its partitions) must stay; null where none must. */
  reasonOf(paths: readonly string[]): string | null;
  /** Protected devices that a device lies on. */
  below(path: string): readonly string[];
  /** Of these devices those that are, or carry, RAID of which the name is not known, where the list has names of arrays. */
  nameless(paths: readonly string[]): readonly string[];
}

interface Sources {
  readonly devices: readonly BlockDevice[];
  readonly node: IronicNode;
  readonly facts: TargetFacts;
  readonly tree: BlockTree;
}

/** Works out whom the skip list protects; throws DeviceHintError. Pure. */
export function keptDevices(sources: Sources): KeptDevices {
  const { devices, node, facts, tree } = sources;
  const { fits, volumeNames } = readSkipList(node);
  const isNamed = (name: string): boolean => volumeNames.some((volume) => isArrayName(name, volume));
  const named = facts.members.filter(({ arrayName }) => arrayName !== null && isNamed(arrayName));
  const byHint = devices.filter((device) => aliases(device, tree).some(fits)).map(({ path }) => path);
  const arrays = devices
    .filter((device) => tree.get(device.path)?.kind === 'array' || device.volumeName !== undefined)
    .filter((device) => namesOf(device, facts.members, tree).some(isNamed))
    .map(({ path }) => path);
  const listed = withPartitions([...byHint, ...arrays], devices);
  const reasons = new Map(listed.map((path) => [path, 'it is on the skip list']));
  const protect = (path: string, why: string): void => {
    if (!reasons.has(path)) reasons.set(path, why);
  };
  for (const path of listed) {
    if (tree.get(path)?.kind !== 'array') continue;
    for (const lower of tree.below(path)) protect(lower, `it is part of ${path}, which is on the skip list`);
  }
  for (const { where, disk, arrayName } of named) {
    for (const path of [where, disk])
      protect(path, `it is a member of the array ${arrayName}, which is on the skip list`);
  }
  const hinted = new Set(listed);
  return {
    reasonOf: (paths) => paths.flatMap((path) => reasons.get(path) ?? [])[0] ?? null,
    below: (path) => tree.below(path).filter((lower) => hinted.has(lower)),
    nameless: (paths) => (volumeNames.length === 0 ? [] : findNameless(paths, sources)),
  };
}

/** A map can be meant by the name of one of its paths, which is not in the list. */
function aliases(device: BlockDevice, tree: BlockTree): readonly BlockDevice[] {
  const map = tree.get(device.path);
  const paths = map?.kind === 'multipath' ? map.below : [];
  return [device, ...paths.map((path) => ({ ...device, path, disk: path }))];
}

function withPartitions(paths: readonly string[], devices: readonly BlockDevice[]): readonly string[] {
  return [...new Set([...paths, ...devices.filter(({ disk }) => paths.includes(disk)).map(({ path }) => path)])];
}

/** Names of a running array: what udev says, and what the superblocks of its members say. */
function namesOf(device: BlockDevice, members: readonly RaidMember[], tree: BlockTree): readonly string[] {
  const below = tree.get(device.path)?.below ?? [];
  const inside = members.filter(({ where }) => below.includes(where)).flatMap(({ arrayName }) => arrayName ?? []);
  return device.volumeName === undefined ? inside : [device.volumeName, ...inside];
}

function findNameless(paths: readonly string[], { devices, facts, tree }: Sources): readonly string[] {
  const arrays = devices.filter(
    (device) =>
      paths.includes(device.path) &&
      tree.get(device.path)?.kind === 'array' &&
      namesOf(device, facts.members, tree).length === 0,
  );
  const members = facts.members.filter(
    ({ where, disk, arrayName }) => arrayName === null && (paths.includes(where) || paths.includes(disk)),
  );
  return [...new Set([...arrays.map(({ path }) => path), ...members.map(({ where }) => where)])].sort(byName);
}
