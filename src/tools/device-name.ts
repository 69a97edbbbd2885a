import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { ResolveDevice, ResolvedDevice } from '../core/safety-latch.ts';

/**
 * Finds which device a path really is. What counts is the device number of the node, not its name: the canonical path is the
 * one that the kernel gives to that number (sysfs, Documentation/ABI/stable/sysfs-block; uevent DEVNAME). So symbolic links,
 * `..`, and nodes made elsewhere by mknod all lead to the device they would open. Throws when the path is relative, does not
 * exist, is no block device or is unknown to sysfs.
 */
export const resolveDevice: ResolveDevice = (path) => {
  if (!isAbsolute(path)) throw new Error(`${path} is not an absolute path`);
  const stats = statSync(realpathSync(path), { bigint: true });
  if (!stats.isBlockDevice()) throw new Error(`${path} is not a block device`);
  return resolveNumber(deviceNumber(stats.rdev));
};

/** Finds a block device by its number, `major:minor`. Throws when it is unknown to sysfs. */
export function resolveNumber(number: string): ResolvedDevice {
  const directory = realpathSync(`/sys/dev/block/${number}`);
  const isPartition = existsSync(join(directory, 'partition'));
  const own = kernelPath(directory);
  return { path: own, disk: isPartition ? kernelPath(dirname(directory)) : own };
}

/** `major:minor` of a device number as the kernel encodes it in stat(2) (makedev(3)). */
export function deviceNumber(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

/** `/dev/...` of a block device in sysfs. */
function kernelPath(directory: string): string {
  const uevent = readFileSync(join(directory, 'uevent'), 'utf8');
  const name = /^DEVNAME=(.+)$/m.exec(uevent)?.[1];
  if (name === undefined) throw new Error(`${directory}/uevent has no DEVNAME`);
  return join('/dev', name);
}
