import { readAttribute } from './sysfs.ts';

/** Whether the kernel can have a disk write zeros by itself (Documentation/ABI/stable/sysfs-block, write_zeroes_max_bytes). */
export function writesZeroes(disk: string): boolean {
  return Number(readAttribute(disk, 'queue/write_zeroes_max_bytes') ?? 0) > 0;
}
