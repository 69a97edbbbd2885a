import type { BlockDevice } from '../../core/block-device.ts';
import { distinctRefusals, type Refusal } from '../refusal.ts';
import { type BlockTree, blockTree, byName } from './block-tree.ts';
import type { BlockNode, HolderFacts } from './holder-facts.ts';
import type { ReleaseAction } from './release-plan.ts';
import { volumeNameOf } from './volume-name.ts';

export interface ReleaseOptions {
  /** Software RAID that runs is stopped, too; without it only arrays that do not run are. */
  readonly dissolveArrays: boolean;
}

/** What is to be taken down before disks are erased. */
export interface ReleasePlan {
  /** In this order. None of them is about a disk of a refusal. */
  readonly actions: readonly ReleaseAction[];
  readonly refusals: readonly Refusal[];
  /** Devices that are gone, and swap areas that are free, once the actions are done. */
  readonly releasable: ReadonlySet<string>;
}

/**
 * How the users of disks are taken down: swap areas first, then from the top of the tree downwards. Only what lies on these disks
 * alone is taken down, and only what can be without losing more than what is erased anyway: nothing is ever unmounted, and
 * encrypted volumes, bcache, multipath and whatever is unknown are refused. Pure; the order of the devices does not matter.
 */
export function planRelease(
  targets: readonly BlockDevice[],
  facts: HolderFacts,
  { dissolveArrays }: ReleaseOptions,
): ReleasePlan {
  const disks = new Set(targets.filter(({ kind }) => kind === 'disk').map(({ path }) => path));
  const scene: Scene = { tree: blockTree(facts), disks, dissolveArrays };
  const own = [...disks].sort(byName).flatMap((path) => scene.tree.get(path) ?? []);
  const users = new Map(own.flatMap(({ path }) => [...scene.tree.above(path)].map((node) => [node.path, node])));
  const all = [...new Map([...own.map((node) => [node.path, node] as const), ...users]).values()];
  const refusals = distinctRefusals([
    ...unreadRefusals(disks, facts),
    ...all.flatMap((node) => refusalsOf(node, scene)),
  ]);
  const refused = new Set(refusals.map(({ device }) => device));
  const free = all.filter((node) => basesOf(node, scene).every((disk) => !refused.has(disk)));
  const goes = free.filter((node) => !isErased(node, scene));
  return {
    actions: [
      ...free.filter(({ isSwap }) => isSwap).map((node) => swapOff(node, scene)),
      ...goes.sort(topDown(scene.tree)).flatMap((node) => takeDown(node, scene)),
    ],
    refusals,
    releasable: new Set([...goes, ...free.filter(({ isSwap }) => isSwap)].map(({ path }) => path)),
  };
}

interface Scene extends ReleaseOptions {
  readonly tree: BlockTree;
  /** The disks to be erased. */
  readonly disks: ReadonlySet<string>;
}

/** The disk itself, or a partition of it. */
function isErased(node: BlockNode, { disks }: Scene): boolean {
  return disks.has(node.path) || (node.kind === 'partition' && node.below.some((disk) => disks.has(disk)));
}

/** The disks to be erased that a node lies on, or is. */
function basesOf(node: BlockNode, { tree, disks }: Scene): readonly string[] {
  return [node.path, ...tree.below(node.path)].filter((path) => disks.has(path)).sort(byName);
}

/** What a node lies on and what is not erased with the disks. */
function strangersBelow(node: BlockNode, scene: Scene): readonly string[] {
  if (scene.disks.has(node.path)) return [];
  return node.below.flatMap((path) => {
    const lower = scene.tree.get(path);
    if (lower === undefined) return scene.disks.has(path) ? [] : [path];
    if (lower.below.length === 0) return scene.disks.has(path) ? [] : [path];
    return strangersBelow(lower, scene);
  });
}

function unreadRefusals(disks: ReadonlySet<string>, { nodes, unread }: HolderFacts): readonly Refusal[] {
  const known = new Set(nodes.map(({ path }) => path));
  const silent = [...disks]
    .filter((path) => !known.has(path))
    .map((device) => ({ device, why: 'nothing is known of it' }));
  return [...unread.filter(({ device }) => disks.has(device)), ...silent].map(({ device, why }) => ({
    device,
    reason: 'unreadable',
    detail: `${device} cannot be judged: ${why}`,
  }));
}

function refusalsOf(node: BlockNode, scene: Scene): readonly Refusal[] {
  const bases = basesOf(node, scene);
  const mounted = node.mountPoints.map((by) => ({
    reason: 'mounted' as const,
    detail: `${node.path} is mounted on ${by}`,
  }));
  const held = reasonsToKeep(node, scene).map((why) => ({
    reason: 'held' as const,
    detail: `${node.path} on ${bases.filter((path) => path !== node.path).join(', ')} is not taken down: ${why}`,
  }));
  return bases.flatMap((device) => [...mounted, ...held].map((found) => ({ device, ...found })));
}

function reasonsToKeep(node: BlockNode, scene: Scene): readonly string[] {
  const others = basesOf(node, scene).filter((path) => path !== node.path);
  if (scene.disks.has(node.path)) return others.length > 0 ? ['it is to be erased itself'] : [];
  if (isErased(node, scene)) return [];
  const strangers = [...new Set(strangersBelow(node, scene))].sort(byName);
  const why = reasonByKind(node, scene);
  return [
    ...(why === null ? [] : [why]),
    ...(strangers.length > 0 ? [`it also lies on ${strangers.join(', ')}, which is not to be erased`] : []),
  ];
}

function reasonByKind(node: BlockNode, { dissolveArrays }: Scene): string | null {
  switch (node.kind) {
    case 'partition':
    case 'partition-map':
      return null;
    case 'volume':
      return volumeNameOf(node.name) === null ? `it is a logical volume of unknown name (${node.name})` : null;
    case 'array':
      return dissolveArrays || !node.isActive ? null : 'it is a software RAID that runs';
    case 'multipath':
      return 'it is a multipath device, which is erased as a whole';
    case 'crypt':
      return 'it is an encrypted volume';
    case 'bcache':
      return 'it is a bcache device';
    case 'disk':
    case 'unknown':
      return 'it is of an unknown kind';
  }
}

function swapOff(node: BlockNode, scene: Scene): ReleaseAction {
  return { kind: 'swap-off', device: node.path, disks: basesOf(node, scene) };
}

function takeDown(node: BlockNode, scene: Scene): readonly ReleaseAction[] {
  const { path: device, kind, name } = node;
  const disks = basesOf(node, scene);
  if (kind === 'array') return [{ kind: 'stop-array', device, disks }];
  if (kind === 'partition-map') return [{ kind: 'remove-mapping', device, name: name ?? '', disks }];
  const volume = kind === 'volume' ? volumeNameOf(name) : null;
  if (volume === null || isPart(node, scene.tree)) return [];
  return [{ kind: 'deactivate-volume', device, volume, parts: partsOf(node, scene.tree), disks }];
}

/** A hidden volume, of which another one of its group is made: LVM takes it down with that one. */
function isPart(node: BlockNode, tree: BlockTree): boolean {
  return tree.holders(node.path).some((upper) => isSameGroup(upper, node));
}

function partsOf(node: BlockNode, tree: BlockTree): readonly string[] {
  const direct = node.below.flatMap((path) => tree.get(path) ?? []).filter((lower) => isSameGroup(lower, node));
  return [...new Set(direct.flatMap((lower) => [lower.path, ...partsOf(lower, tree)]))].sort(byName);
}

function isSameGroup(one: BlockNode, other: BlockNode): boolean {
  return one.kind === 'volume' && one.group !== null && one.group === other.group;
}

function topDown(tree: BlockTree): (one: BlockNode, other: BlockNode) => number {
  return (one, other) => tree.height(one.path) - tree.height(other.path) || byName(one.path, other.path);
}
