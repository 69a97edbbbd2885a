import type { BlockDevice } from '../../../core/block-device.ts';
import type { IronicNode } from '../../../core/ironic-node.ts';
import type { BlockTree } from '../../holders/block-tree.ts';
import { blockTree, byName } from '../../holders/block-tree.ts';
import type { Refusal } from '../../refusal.ts';
import { virtualMediaReason } from '../../virtual-media.ts';
import { type KeptDevices, keptDevices } from './kept-devices.ts';
import { findSecondPaths } from './second-paths.ts';
import type { TargetFacts } from './target-facts.ts';

/** A disk with the partitions that lie on it. */
export interface DiskWithPartitions {
  readonly disk: BlockDevice;
  readonly partitions: readonly BlockDevice[];
}

export interface TargetOptions {
  /** Running arrays are taken apart and their members erased, instead of the arrays. */
  readonly dissolveArrays: boolean;
  readonly skipReadOnly: boolean;
}

export interface EraseTargets {
  readonly disks: readonly DiskWithPartitions[];
  readonly leftOut: readonly { readonly device: string; readonly why: string }[];
  /** Disks that are neither: whether they may be erased cannot be known, or it would erase what must stay. */
  readonly refusals: readonly Refusal[];
}

/**
 * Which disks an erase step is for: all but those on the skip list and what belongs to them, virtual media, the boot medium, paths
 * of multipath (the map is a disk of its own), read-only disks where wanted, and of a running array either the members or the
 * array. A member of an array that does not run is an ordinary disk. Pure. Throws DeviceHintError.
 */
export function selectEraseTargets(
  devices: readonly BlockDevice[],
  node: IronicNode,
  options: TargetOptions,
  facts: TargetFacts,
): EraseTargets {
  const tree = blockTree(facts.holders);
  const scene: Scene = { devices, options, facts, tree, kept: keptDevices({ devices, node, facts, tree }) };
  const judged = devices
    .filter((device) => device.kind === 'disk')
    .map((disk) => {
      const partitions = devices.filter((device) => device.kind === 'partition' && device.disk === disk.path);
      return { disk, partitions, why: reasonToLeaveOut({ disk, partitions }, scene) };
    });
  const wanted = judged.filter(({ why }) => why === null).map(({ disk, partitions }) => ({ disk, partitions }));
  const refusals = [
    ...wanted.flatMap((target) => refusalsOf(target, scene)),
    ...findSecondPaths(
      wanted,
      judged.map(({ disk }) => disk),
      tree,
    ),
  ];
  const refused = new Set(refusals.map(({ device }) => device));
  return {
    disks: wanted.filter(({ disk }) => !refused.has(disk.path)),
    leftOut: judged.flatMap(({ disk, why }) => (why === null ? [] : [{ device: disk.path, why }])),
    refusals,
  };
}

interface Scene {
  readonly devices: readonly BlockDevice[];
  readonly options: TargetOptions;
  readonly facts: TargetFacts;
  readonly tree: BlockTree;
  readonly kept: KeptDevices;
}

function reasonToLeaveOut(target: DiskWithPartitions, scene: Scene): string | null {
  const { disk } = target;
  const family = familyOf(target);
  const { kept, options, facts, tree } = scene;
  const bootMedium = facts.bootMedia.find((medium) => medium.disk === disk.path);
  return (
    kept.reasonOf(pathsOf(target)) ??
    bootMedium?.why ??
    pathReason(disk, tree) ??
    arrayReason(target, scene) ??
    virtualMediaReason(
      disk,
      family.flatMap((device) => device.label ?? []),
    ) ??
    (disk.readOnly && options.skipReadOnly ? 'it is read-only' : null)
  );
}

function pathReason(disk: BlockDevice, tree: BlockTree): string | null {
  const map = tree.above(disk.path).find(({ kind, below }) => kind === 'multipath' && below.includes(disk.path));
  if (map) return `it is a path of ${map.path}`;
  return disk.fileSystem === 'mpath_member' ? 'it is a path of a multipath device' : null;
}

function arrayReason(target: DiskWithPartitions, { devices, options, tree, kept }: Scene): string | null {
  const { disk } = target;
  if (options.dissolveArrays) {
    if (tree.get(disk.path)?.kind !== 'array') return null;
    const stays = tree.below(disk.path).find((path) => kept.reasonOf([path]) !== null);
    return stays === undefined
      ? 'it is a software RAID, of which the members are erased instead'
      : `it is a software RAID of members that stay (${stays})`;
  }
  const array = pathsOf(target)
    .flatMap((path) => tree.holders(path))
    .find(({ kind, isActive, path }) => kind === 'array' && isActive && isListed(path, devices));
  return array ? `it is a member of the software RAID ${array.path}, which runs` : null;
}

function isListed(path: string, devices: readonly BlockDevice[]): boolean {
  return devices.some((device) => device.path === path);
}

function refusalsOf(target: DiskWithPartitions, { kept }: Scene): readonly Refusal[] {
  const { disk } = target;
  const refuse = (detail: string): Refusal => ({ device: disk.path, reason: 'skip-list', detail });
  const keptBelow = kept.below(disk.path);
  const nameless = kept.nameless(pathsOf(target));
  return [
    ...(keptBelow.length > 0
      ? [
          refuse(
            `${disk.path} lies on ${keptBelow.join(', ')}, which the skip list protects; it cannot be erased by half`,
          ),
        ]
      : []),
    ...nameless.map((where) =>
      refuse(`${where} is RAID of unknown name, and the skip list protects arrays by name; it may be one of them`),
    ),
  ];
}

/** In an order of their own, so that the words are the same whatever the order of the list. */
function pathsOf(target: DiskWithPartitions): readonly string[] {
  return familyOf(target)
    .map(({ path }) => path)
    .sort(byName);
}

function familyOf({ disk, partitions }: DiskWithPartitions): readonly BlockDevice[] {
  return [disk, ...partitions];
}
