import { partitionNumber } from '../../boot/efi-system-partition.ts';
import type { BlockDevice } from '../../core/block-device.ts';
import type { FileRequest } from './file-request.ts';

/**
 * The devices that a file may go to, in the order in which they are searched; empty where there is none. Without a partition in
 * the request: the partitions of the root device, or the root device itself where a file system lies on it as a whole. Pure:
 * `resolve` tells the canonical path of a device.
 */
export function candidatesFor(
  { partition }: FileRequest,
  root: BlockDevice | null,
  devices: readonly BlockDevice[],
  resolve: (path: string) => string,
): readonly BlockDevice[] {
  if (typeof partition === 'string') {
    const path = resolve(partition);
    return devices.filter((device) => device.path === path);
  }
  if (root === null) return [];
  const partitions = devices
    .filter(({ kind, disk }) => kind === 'partition' && disk === root.path)
    .map((device) => ({ device, number: partitionNumber(device.path, root.path) ?? Number.POSITIVE_INFINITY }))
    .toSorted((one, other) => one.number - other.number);
  if (partition !== null) return partitions.filter(({ number }) => number === partition).map(({ device }) => device);
  if (partitions.length > 0) return partitions.map(({ device }) => device);
  return root.fileSystem === null ? [] : [root];
}
