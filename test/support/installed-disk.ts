import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addPartitions, createLoopDevice, type LoopDevice } from './loop-device.ts';

/** How a partition is made: `mkfs.<type>` with its options. */
export interface InstalledPartition {
  readonly type: 'ext2' | 'ext3' | 'ext4' | 'xfs' | 'btrfs' | 'vfat';
  readonly sizeMib: number;
}

const quietly: Readonly<Record<InstalledPartition['type'], readonly string[]>> = {
  ext2: ['-q', '-F'],
  ext3: ['-q', '-F'],
  ext4: ['-q', '-F'],
  xfs: ['-q', '-f'],
  btrfs: ['-q', '-f'],
  vfat: [],
};

export interface InstalledDisk extends LoopDevice {
  /** Paths of the partitions, in order. */
  readonly partitions: readonly string[];
}

/** A loop device with a GPT and a file system in each partition, as an image leaves a disk. */
export async function createInstalledDisk(layout: readonly InstalledPartition[]): Promise<InstalledDisk> {
  const mebibytes = layout.reduce((sum, { sizeMib }) => sum + sizeMib, 0) + 4;
  const disk = await createLoopDevice({ sizeBytes: mebibytes * 2 ** 20 });
  const sizes = layout.map(({ sizeMib }, index) => `--new=${index + 1}:0:+${sizeMib}M`);
  execFileSync('sgdisk', [...sizes, disk.path], { stdio: 'ignore' });
  const partitions = await addPartitions(disk.path);
  for (const [index, { type }] of layout.entries()) {
    execFileSync(`mkfs.${type}`, [...quietly[type], partitions[index] ?? ''], { stdio: 'ignore' });
  }
  return { ...disk, partitions };
}

/** Mounts a partition for as long as `work` takes; its result. */
export function whileMounted<T>(partition: string, work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'ih-mounted-'));
  execFileSync('mount', [partition, directory]);
  try {
    return work(directory);
  } finally {
    execFileSync('umount', [directory]);
    rmdirSync(directory);
  }
}
