import type { BlockDevice } from '../../core/block-device.ts';
import type { IronicNode } from '../../core/ironic-node.ts';
import { findSkipped } from '../skip-list.ts';
import { virtualMediaReason } from '../virtual-media.ts';

/** A disk with the partitions that lie on it. */
export interface DiskWithPartitions {
  readonly disk: BlockDevice;
  readonly partitions: readonly BlockDevice[];
}

export interface MetadataTargets {
  readonly disks: readonly DiskWithPartitions[];
  readonly leftOut: readonly { readonly device: string; readonly why: string }[];
}

/**
 * Which disks erase_devices_metadata is for: all but those on the skip list, virtual media, read-only disks, and members of
 * software RAID (their array is a disk of its own, and delete_configuration takes it apart). Throws DeviceHintError.
 */
export function selectMetadataTargets(devices: readonly BlockDevice[], node: IronicNode): MetadataTargets {
  const skipped = findSkipped(devices, node);
  const judged = devices
    .filter((device) => device.kind === 'disk')
    .map((disk) => {
      const partitions = devices.filter((device) => device.kind === 'partition' && device.disk === disk.path);
      return { disk, partitions, why: reasonToLeaveOut(disk, partitions, skipped) };
    });
  return {
    disks: judged.filter(({ why }) => why === null).map(({ disk, partitions }) => ({ disk, partitions })),
    leftOut: judged.flatMap(({ disk, why }) => (why === null ? [] : [{ device: disk.path, why }])),
  };
}

function reasonToLeaveOut(
  disk: BlockDevice,
  partitions: readonly BlockDevice[],
  skipped: ReadonlySet<string>,
): string | null {
  const family = [disk, ...partitions];
  if (family.some((device) => skipped.has(device.path))) return 'it is on the skip list';
  if (family.some((device) => device.fileSystem === 'linux_raid_member')) return 'it is a member of a software RAID';
  if (disk.readOnly) return 'it is read-only';
  return virtualMediaReason(
    disk,
    family.flatMap((device) => device.label ?? []),
  );
}
