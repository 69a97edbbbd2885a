/**
 * True for a device of the device mapper (multipath, for instance). The kernel itself knows no partitions on it (it refuses
 * BLKPG there), so partx can do nothing for it: they are devices of their own, which kpartx makes.
 */
export function isMapped(path: string): boolean {
  return /^\/dev\/(dm-|mapper\/)/.test(path);
}
