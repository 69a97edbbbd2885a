import type { ByteRange } from '../../device-io/byte-range.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/**
 * In the first 20 MiB begin: MBR and primary GPT of every sector size (UEFI 2.10, section 5.3); md 1.1 and 1.2 (md(4)); LVM labels and
 * their metadata (1 MiB as a rule); both first ZFS labels (512 KiB); bcache (4 KiB); the superblocks of all file systems that libblkid
 * knows; both LUKS2 headers and, in the usual 16 MiB, its key slots; VMFS volume (1 MiB), file system (2 MiB, 18 MiB).
 */
const headBytes = 20 * MiB;

/**
 * In the last 2 MiB: backup GPT of every sector size; md 1.0 (8 to 12 KiB from the end) and 0.90 (64 to 128 KiB); both last ZFS labels
 * (512 KiB from the last multiple of 256 KiB); anchors of firmware RAID (IMSM, DDF and others, within 512 KiB); second metadata area of
 * LVM; backup boot sector of NTFS, volume header of HFS+, UDF anchor (257 blocks of 4 KiB), second NILFS2 superblock.
 */
const tailBytes = 2 * MiB;

/** Copies that lie in between, in blocks of at most 4 KiB. */
const copyBytes = 4 * KiB;
const copies: readonly number[] = [
  // btrfs: 16 KiB << 12 * n (btrfs(5)).
  64 * MiB,
  256 * GiB,
  1024 ** 2 * GiB,
  // OCFS2: backup superblocks from 1 GiB on, each four times as far as the last (fs/ocfs2/ocfs2_fs.h).
  ...[1, 4, 16, 64, 256, 1024].map((gib) => gib * GiB),
  // Copies of the label of Ceph BlueStore.
  ...[1, 10, 100, 1000].map((gib) => gib * GiB),
];

/** Where metadata may lie on a device or partition whatever is on it, counted from its beginning; may reach beyond its end. */
export function fixedPlaces(sizeBytes: number): readonly ByteRange[] {
  return [
    { start: 0, end: headBytes },
    { start: sizeBytes - tailBytes, end: sizeBytes },
    ...copies.map((start) => ({ start, end: start + copyBytes })),
  ];
}
