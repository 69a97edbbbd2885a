import type { LsblkRow } from '../tools/lsblk.ts';
import { devicePath } from './sysfs.ts';

/** Which devices the agent may know of. */
export interface ListingScope {
  readonly partitions: boolean;
  /** Outside a ramdisk only these (and their partitions) exist for the agent; null means all of the machine. */
  readonly named: readonly string[] | null;
}

const memoryDisk = /^(fd|ram|zram)\d/;

/**
 * The rows of lsblk that are disks or partitions of disks: no optical drives, floppies, memory disks, empty devices, LVM or
 * crypt volumes, and no paths of a multipath device beside the device itself. Loop devices count only where named.
 */
export function selectRows(rows: readonly LsblkRow[], scope: ListingScope): readonly LsblkRow[] {
  const members = multipathMembers(rows);
  const disks = rows.filter((row) => isDisk(row, scope.named) && !members.has(row.kernelName));
  if (!scope.partitions) return disks;
  const diskNames = new Set(disks.map((row) => row.kernelName));
  const partitions = rows.filter(
    (row) =>
      isPartition(row) &&
      row.sizeBytes > 0 &&
      (diskNames.has(row.parentKernelName ?? '') || scope.named?.includes(devicePath(row.kernelName))),
  );
  return [...disks, ...partitions];
}

/** `md` is what lsblk calls a partition of an array. */
export function isPartition(row: LsblkRow): boolean {
  return row.type === 'part' || row.type === 'md';
}

function isDisk(row: LsblkRow, named: readonly string[] | null): boolean {
  if (row.sizeBytes === 0 || memoryDisk.test(row.kernelName)) return false;
  if (named && !named.includes(devicePath(row.kernelName))) return false;
  return row.type === 'disk' || row.type === 'mpath' || row.type.includes('raid') || (row.type === 'loop' && !!named);
}

/** A path carries the mark of multipath, or is what a multipath device is built on. */
function multipathMembers(rows: readonly LsblkRow[]): ReadonlySet<string> {
  const marked = rows.filter((row) => row.fileSystem === 'mpath_member').map((row) => row.kernelName);
  const below = rows.filter((row) => row.type === 'mpath').flatMap((row) => row.parentKernelName ?? []);
  return new Set([...marked, ...below]);
}
