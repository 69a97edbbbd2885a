import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { kernelName } from '../../sysfs.ts';
import type { DiskPlace } from '../plan/plan-erase.ts';

const pciAddress = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
/** `nvme0`, or `nvme-subsys0` where the namespaces of several controllers are one. */
const nvmeSystem = /^nvme(-subsys)?\d+$/;

/**
 * Where a disk is, by the path of its device in sysfs: namespaces of one NVMe subsystem share a lane, and disks behind one PCI
 * function share a controller. Throws when the disk is gone.
 */
export function readPlace(disk: string): DiskPlace {
  return placeOf(disk, realpathSync(join('/sys/class/block', kernelName(disk))));
}

/** Pure. */
export function placeOf(disk: string, sysfsPath: string): DiskPlace {
  const parts = sysfsPath.split('/');
  const controller = parts.findLast((part) => pciAddress.test(part)) ?? null;
  return { lane: parts.findLast((part) => nvmeSystem.test(part)) ?? disk, controller };
}
