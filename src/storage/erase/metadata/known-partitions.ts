import { readAttribute, readPartitions } from '../../sysfs.ts';
import type { TableRegion } from './region.ts';

/** sysfs counts in units of 512 bytes, whatever the sector size. */
const unitBytes = 512;

/** Where the partitions lie that the kernel has of a disk now; to be asked before it forgets them. Throws when the disk is gone. */
export function readKnownPartitions(disk: string): readonly TableRegion[] {
  return readPartitions(disk).flatMap((path) => {
    const [number, start, size] = ['partition', 'start', 'size'].map((name) => Number(readAttribute(path, name) ?? 0));
    // One that vanishes meanwhile has no attributes.
    if (!number || !start || !size) return [];
    return [{ number, start: start * unitBytes, end: (start + size) * unitBytes }];
  });
}
