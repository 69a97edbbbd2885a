import type { BlockDevice } from '../../../core/block-device.ts';
import type { IronicNode } from '../../../core/ironic-node.ts';
import { type BlockTree, byName } from '../../holders/block-tree.ts';
import { isArrayName } from '../../raid-members.ts';
import { readSkipList } from '../../skip-list.ts';
import type { TargetFacts } from './target-facts.ts';

/** What the skip list protects, with all that hangs together with it. */
export interface KeptDevices {
  /** Why one of these devices (a disk and its partitions) must stay; null where none must. */
  reasonOf(paths: readonly string[]): string | null;
  /** Protected devices that a device lies on. */
  below(path: string): readonly string[];
  /** What is RAID of unknown name on these devices or above them, where the list has names of arrays. */
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
  const { node, facts, tree } = sources;
  const devices = sources.devices.toSorted((one, other) => byName(one.path, other.path));
  const { fits, volumeNames } = readSkipList(node);
  const isNamed = (name: string): boolean => volumeNames.some((volume) => isArrayName(name, volume));
  const named = facts.members
    .filter(({ arrayName }) => arrayName !== null && isNamed(arrayName))
    .sort((one, other) => byName(one.where, other.where));
  const byHint = devices.filter((device) => aliases(device, tree).some(fits)).map(({ path }) => path);
  const arrays = devices
    .filter((device) => tree.get(device.path)?.kind === 'array' || device.volumeName !== undefined)
    .filter((device) => namesOf(device.path, sources).some(isNamed))
    .map(({ path }) => path);
  const listed = withPartitions([...byHint, ...arrays], devices);
  const reasons = new Map(listed.map((path) => [path, 'it is on the skip list']));
  const protect = (path: string, why: string): void => {
    if (!reasons.has(path)) reasons.set(path, why);
  };
  for (const path of listed) {
    for (const lower of tree.below(path)) protect(lower, `it carries ${path}, which is on the skip list`);
  }
  for (const { where, disk, arrayName } of named) {
    const why = `it is a member of the array ${arrayName}, which is on the skip list`;
    for (const path of [where, disk, ...tree.below(where)]) protect(path, why);
  }
  const kept = new Set([...listed, ...named.map(({ where }) => where)]);
  return {
    reasonOf: (paths) => paths.flatMap((path) => reasons.get(path) ?? [])[0] ?? null,
    below: (path) => tree.below(path).filter((lower) => kept.has(lower)),
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

/** Names of an array: what udev says, and what the superblocks of its members say. */
function namesOf(path: string, { devices, facts, tree }: Sources): readonly string[] {
  const below = tree.get(path)?.below ?? [];
  const inside = facts.members.filter(({ where }) => below.includes(where)).flatMap(({ arrayName }) => arrayName ?? []);
  return [devices.find((device) => device.path === path)?.volumeName ?? [], inside].flat();
}

/** Arrays among the devices, anywhere above them and anywhere below, and superblocks on them and below. */
function findNameless(paths: readonly string[], sources: Sources): readonly string[] {
  const { facts, tree } = sources;
  const around = new Set(
    paths.flatMap((path) => [path, ...tree.below(path), ...tree.above(path).map((node) => node.path)]),
  );
  const arrays = [...around].filter((path) => tree.get(path)?.kind === 'array' && namesOf(path, sources).length === 0);
  const members = facts.members
    .filter(({ where, disk, arrayName }) => arrayName === null && (around.has(where) || paths.includes(disk)))
    .map(({ where }) => where);
  return [...new Set([...arrays, ...members])].sort(byName);
}
