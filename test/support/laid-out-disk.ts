import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { sowCanaries } from './disk-canaries.ts';
import type { LoopDevice } from './loop-device.ts';
import { btrfs, gfs2, gpfs, jfs, ntfs, ocfs2, vmfs, vmfsVolume, xfs } from './signatures/file-systems.ts';
import { mdSignature, mdVersions } from './signatures/md.ts';
import { MiB, type Placed, type TestSignature } from './signatures/signature.ts';
import { bcacheBacking, bcacheCache, luks2, zfs } from './signatures/volumes.ts';

/** A partition as a test made it. */
export interface LaidOutPartition {
  readonly number: number;
  readonly name: string;
  /** What libblkid must call its content; null where it does not know it. */
  readonly type: string | null;
  /** Bytes of the disk. */
  readonly start: number;
  readonly end: number;
  /** The metadata that was written by hand, in bytes of the disk. */
  readonly places: readonly Placed[];
}

export interface LaidOutDisk {
  readonly partitions: readonly LaidOutPartition[];
  /** Where canaries were sown before anything else; some lie under what was written later. */
  readonly sown: readonly number[];
}

/** Of each partition: more than what an erase of metadata zeroes at its ends and in between. */
const partitionBytes = 80 * MiB;

const written: Readonly<Record<string, TestSignature>> = {
  ...Object.fromEntries(mdVersions.map((version) => [`md ${version}`, mdSignature(version)])),
  zfs,
  'bcache cache': bcacheCache,
  'bcache backing': bcacheBacking,
  btrfs,
  xfs,
  jfs,
  ntfs,
  luks2,
  gfs2,
  ocfs2,
  'vmfs volume': vmfsVolume,
  vmfs,
  gpfs,
};

/** Programs that make metadata, given a partition. */
const made: Readonly<Record<string, readonly [type: string, program: string, ...args: string[]]>> = {
  lvm: ['LVM2_member', 'pvcreate', ...pvcreateOptions()],
  'lvm, much metadata': [
    'LVM2_member',
    'pvcreate',
    ...pvcreateOptions(),
    '--metadatasize',
    '40m',
    '--metadatacopies',
    '2',
  ],
  ext4: ['ext4', 'mkfs.ext4', '-q', '-F'],
  vfat: ['vfat', 'mkfs.vfat'],
  swap: ['swap', 'mkswap'],
};

const names = [...Object.keys(made), ...Object.keys(written)];

/** How large a loop device must be for `layOutDisk`. */
export const laidOutBytes = (names.length + 1) * partitionBytes;

/**
 * Sows canaries over a disk, then divides it with a GPT into a partition for each kind of metadata and writes that into it. The kernel
 * has no device for the partitions afterwards.
 */
export async function layOutDisk(loop: LoopDevice): Promise<LaidOutDisk> {
  const sown = await sowCanaries(loop.path);
  const size = partitionBytes / MiB;
  execFileSync('sgdisk', names.map((_, i) => `--new=${i + 1}:0:+${size}M`).concat(loop.path), { stdio: 'ignore' });
  const partitions = [...readGptOf(loop.path)].map(({ number, start, end }, i): LaidOutPartition => {
    const name = names[i] ?? '';
    const signature = written[name];
    const places = signature?.place(end - start).map((place) => ({ ...place, offset: start + place.offset })) ?? [];
    return { number, name, type: signature ? signature.type : (made[name]?.[0] ?? null), start, end, places };
  });
  await writePlaces(
    loop.path,
    partitions.flatMap(({ places }) => places),
  );
  execFileSync('partx', ['--add', loop.path]);
  for (const [i, [, program, ...args]] of Object.values(made).entries()) {
    execFileSync(program, [...args, `${loop.path}p${i + 1}`], { stdio: 'ignore' });
  }
  execFileSync('partx', ['--delete', loop.path]);
  return { partitions, sown };
}

/** Writes to a device or file, and flushes it. */
export async function writePlaces(path: string, places: readonly Placed[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (const { offset, bytes } of places) await file.write(bytes, 0, bytes.length, offset);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The partitions that sfdisk reads from the table of a disk, in bytes. */
export function readGptOf(
  path: string,
): readonly { readonly number: number; readonly start: number; readonly end: number }[] {
  const { partitiontable } = JSON.parse(execFileSync('sfdisk', ['--json', path], { encoding: 'utf8' }));
  const { sectorsize, partitions } = partitiontable as {
    readonly sectorsize: number;
    readonly partitions: readonly { readonly node: string; readonly start: number; readonly size: number }[];
  };
  return partitions.map(({ node, start, size }) => ({
    number: Number(/\d+$/.exec(node)?.[0]),
    start: start * sectorsize,
    end: (start + size) * sectorsize,
  }));
}

/** Works without a device mapper and without udev, and writes nothing to /etc/lvm. */
function pvcreateOptions(): string[] {
  const config = 'devices { use_devicesfile=0 } backup { backup=0 archive=0 } activation { udev_sync=0 udev_rules=0 }';
  return ['--yes', '--force', '--force', '--config', config];
}
