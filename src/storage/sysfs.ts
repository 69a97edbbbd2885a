import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasErrorCode } from '../errors/guards.ts';

/** The kernel writes `/` of a device name as `!` in sysfs: `cciss!c0d0` is `/dev/cciss/c0d0`. */
export function devicePath(kernelName: string): string {
  return `/dev/${kernelName.replaceAll('!', '/')}`;
}

export function kernelName(path: string): string {
  return path.replace(/^\/dev\//, '').replaceAll('/', '!');
}

/** The trimmed text of an attribute of a block device (`ro`, `diskseq`, `device/transport`); null where it has none. */
export function readAttribute(path: string, attribute: string, root = '/'): string | null {
  try {
    return readFileSync(join(root, 'sys/class/block', kernelName(path), attribute), 'utf8').trim();
  } catch (error) {
    // EINVAL and ENXIO: the driver offers the attribute but the device has no such value.
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL', 'ENXIO', 'EOPNOTSUPP')) return null;
    throw error;
  }
}

/** Devices that are built on this one (`holders`) or that it is built of (`slaves`). Throws when the device is gone. */
export function readRelatives(path: string, relation: 'holders' | 'slaves'): readonly string[] {
  try {
    return readdirSync(join('/sys/class/block', kernelName(path), relation)).map(devicePath);
  } catch (error) {
    // Partitions have no `slaves`.
    if (relation === 'slaves' && hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Partitions of a disk that the kernel knows now. Throws when the device is gone. */
export function readPartitions(disk: string): readonly string[] {
  const directory = join('/sys/class/block', kernelName(disk));
  return readdirSync(directory)
    .filter((entry) => entry.startsWith(kernelName(disk)) && readAttribute(devicePath(entry), 'partition') !== null)
    .map(devicePath);
}

/** The disk of a partition; null for a disk. Throws when the device is gone. */
export function readParent(path: string): string | null {
  const directory = realpathSync(join('/sys/class/block', kernelName(path)));
  return existsSync(join(directory, 'partition')) ? devicePath(basename(dirname(directory))) : null;
}

/** Where a partition begins; null for a disk. sysfs counts in units of 512 bytes, whatever the sector size. */
export function readStartBytes(path: string): number | null {
  const start = readAttribute(path, 'start');
  return start === null ? null : Number(start) * 512;
}

/** False for a device that the kernel has no more. */
export function isBlockDeviceKnown(path: string): boolean {
  return existsSync(join('/sys/class/block', kernelName(path)));
}

/** Names under /dev/disk/by-path by the device they lead to; empty where udev makes none. */
export function readByPathNames(root = '/'): ReadonlyMap<string, string> {
  const directory = '/dev/disk/by-path';
  try {
    const entries = readdirSync(join(root, directory)).sort();
    return new Map(
      entries.map((entry) => [`/dev/${basename(readlinkSync(join(root, directory, entry)))}`, join(directory, entry)]),
    );
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return new Map();
    throw error;
  }
}
