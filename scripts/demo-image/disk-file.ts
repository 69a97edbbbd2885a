import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Architecture } from './architecture.ts';
import type { BootFiles, SystemNames } from './root-tree.ts';
import type { RunProgram } from './run-program.ts';

const sectorBytes = 512;
const mebibyte = 2 ** 20;
const espStartBytes = mebibyte;
const espBytes = 128 * mebibyte;
const rootStartBytes = espStartBytes + espBytes;
/** At the end of the disk: the backup GPT, rounded up to the alignment of partitions. */
const tailBytes = mebibyte;

/** An empty sparse file with a GPT: an EFI system partition and a root partition. */
export async function partitionDisk(
  disk: string,
  sizeBytes: number,
  architecture: Architecture,
  run: RunProgram,
): Promise<void> {
  const file = await open(disk, 'w');
  await file.truncate(sizeBytes);
  await file.close();
  const espStart = espStartBytes / sectorBytes;
  const rootStart = rootStartBytes / sectorBytes;
  const rootEnd = (sizeBytes - tailBytes) / sectorBytes - 1;
  await run('sgdisk', [
    ...[`--new=1:${espStart}:${rootStart - 1}`, '--typecode=1:ef00', '--change-name=1:EFI system'],
    ...[`--new=2:${rootStart}:${rootEnd}`, `--typecode=2:${architecture.rootType}`, '--change-name=2:root'],
    disk,
  ]);
}

/** mke2fs and mkfs.vfat write at an offset into the file: nothing is mounted, and no loop device is needed. */
export async function writeRoot(
  disk: string,
  sizeBytes: number,
  tree: string,
  names: SystemNames,
  run: RunProgram,
): Promise<void> {
  const kibibytes = (sizeBytes - tailBytes - rootStartBytes) / 1024;
  const options = [
    '-q',
    '-F',
    '-t',
    'ext4',
    '-L',
    'root',
    '-U',
    names.rootUuid,
    '-E',
    `offset=${rootStartBytes}`,
    '-d',
    tree,
  ];
  await run('mke2fs', [...options, disk, `${kibibytes}k`]);
}

/** systemd-boot at the path that firmware tries by itself, with one entry (Boot Loader Specification, type 1). */
export async function writeEsp(disk: string, work: string, parts: EspParts, run: RunProgram): Promise<void> {
  const { architecture, boot, names } = parts;
  const at = String(espStartBytes / sectorBytes);
  // One sector per cluster: FAT32 needs at least 65525 clusters, and readers go by their number.
  const geometry = ['-F', '32', '-s', '1', '-h', at, '--offset', at];
  await run('mkfs.vfat', [...geometry, '-n', names.espLabel, disk, String(espBytes / 1024)]);

  const loaderConf = path.join(work, 'loader.conf');
  const entry = path.join(work, 'debian.conf');
  const options = `root=UUID=${names.rootUuid} console=tty0 console=${architecture.serialConsole} panic=10`;
  await writeFile(loaderConf, 'timeout 0\ndefault debian.conf\n');
  await writeFile(entry, `title Debian 12\nlinux /debian/vmlinuz\ninitrd /debian/initrd.img\noptions ${options}\n`);

  const image = ['-i', `${disk}@@${espStartBytes}`];
  await run('mmd', [...image, '::/EFI', '::/EFI/BOOT', '::/loader', '::/loader/entries', '::/debian']);
  const files = [
    [boot.loader, `::/EFI/BOOT/${architecture.removableLoader}`],
    [loaderConf, '::/loader/loader.conf'],
    [entry, '::/loader/entries/debian.conf'],
    [boot.kernel, '::/debian/vmlinuz'],
    [boot.initramfs, '::/debian/initrd.img'],
  ] as const;
  for (const [from, to] of files) await run('mcopy', [...image, from, to]);
}

export interface EspParts {
  readonly architecture: Architecture;
  readonly boot: BootFiles;
  readonly names: SystemNames;
}
