import type { BlockDevice } from '../../core/block-device.ts';
import type { Refusal } from '../refusal.ts';
import type { DiskWithPartitions } from './targets.ts';

/**
 * Disks that seem to be one and the same, reached over several paths without multipath: erased at the same time they would have
 * two writers, and leaving one out would trust an identity that may be bogus. Pure.
 */
export function findSecondPaths(targets: readonly DiskWithPartitions[]): readonly Refusal[] {
  const disks = targets.map(({ disk }) => disk);
  return disks.flatMap((disk) => {
    const twins = disks.filter((other) => other.path !== disk.path && isSame(disk, other)).map(({ path }) => path);
    if (twins.length === 0) return [];
    const detail = `${disk.path} has the WWN, serial number and size of ${twins.sort().join(', ')}: it is the same disk over another path, without multipath, or another disk that cannot be told from it`;
    return [{ device: disk.path, reason: 'second-path', detail } as const];
  });
}

function isSame(one: BlockDevice, other: BlockDevice): boolean {
  return one.wwn !== null && one.wwn === other.wwn && one.serial === other.serial && one.sizeBytes === other.sizeBytes;
}
