import type { BlockDevice } from '../../../core/block-device.ts';
import type { BlockTree } from '../../holders/block-tree.ts';
import type { Refusal } from '../../refusal.ts';
import type { DiskWithPartitions } from './select-targets.ts';

/**
 * Disks that seem to be one and the same, reached over several paths without multipath: erased at the same time they would have
 * two writers, and leaving one out would trust an identity that may be bogus. They are compared with all disks: what must not be
 * erased under one name (on the skip list, the boot medium, a member of a running array) must not be under another one either. A
 * map of multipath is what its paths are, and no second one. Pure.
 */
export function findSecondPaths(
  targets: readonly DiskWithPartitions[],
  disks: readonly BlockDevice[],
  tree: BlockTree,
): readonly Refusal[] {
  const liesOn = (upper: BlockDevice, lower: BlockDevice): boolean => tree.below(upper.path).includes(lower.path);
  return targets.flatMap(({ disk }) => {
    const twins = disks
      .filter((other) => other.path !== disk.path && isSame(disk, other))
      .filter((other) => !liesOn(disk, other) && !liesOn(other, disk))
      .map(({ path }) => path);
    if (twins.length === 0) return [];
    const detail = `${disk.path} has the WWN, serial number and size of ${twins.sort().join(', ')}: it is the same disk over another path, without multipath, or another disk that cannot be told from it`;
    return [{ device: disk.path, reason: 'second-path', detail } as const];
  });
}

function isSame(one: BlockDevice, other: BlockDevice): boolean {
  return one.wwn !== null && one.wwn === other.wwn && one.serial === other.serial && one.sizeBytes === other.sizeBytes;
}
