import { copyFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunProgram } from '../../../../scripts/demo-image/run-program.ts';
import { grubConfig, makeGrub, writeBiosLoader } from './grub.ts';
import { type OsImage, osImageIn } from './os-image.ts';

const mebibyte = 2 ** 20;
const sectorBytes = 512;
const biosBoot = { startMebibytes: 1, mebibytes: 1 };
const esp = { startMebibytes: 2, mebibytes: 34 }; // FAT32 needs 65525 clusters of a sector
const rootStartMebibytes = esp.startMebibytes + esp.mebibytes;

export interface OsParts {
  /** The root file system, with /boot/vmlinuz and /boot/initramfs. */
  readonly tree: string;
  readonly rootUuid: string;
  readonly rootMebibytes: number;
}

/** All forms of an operating system that lies in a folder. Nothing is mounted, and no loop device is needed. */
export async function makeOsImage(folder: string, parts: OsParts, run: RunProgram): Promise<OsImage> {
  const { tree, rootUuid, rootMebibytes } = parts;
  const image = osImageIn(folder, rootUuid);
  await writeFile(path.join(tree, 'boot/grub/grub.cfg'), grubConfig(rootUuid));
  await makeFile(image.root, rootMebibytes);
  // GRUB 2.06 cannot read what mke2fs 1.47 adds by itself.
  const features = ['-O', '^metadata_csum_seed,^orphan_file'];
  await run('mke2fs', [
    '-q',
    '-F',
    '-t',
    'ext4',
    ...features,
    '-L',
    'lab-root',
    '-U',
    rootUuid,
    '-d',
    tree,
    image.root,
  ]);
  await copyFile(path.join(tree, 'boot/vmlinuz'), image.kernel);
  await copyFile(path.join(tree, 'boot/initramfs'), image.initramfs);
  const grub = await makeGrub(folder, rootUuid, run);
  await makeFile(image.raw, rootStartMebibytes + rootMebibytes + 1);
  const place = (number: number, start: number, size: number, type: string): readonly string[] => [
    `--new=${number}:${start * 2048}:${(start + size) * 2048 - 1}`,
    `--typecode=${number}:${type}`,
  ];
  await run('sgdisk', [
    ...place(1, biosBoot.startMebibytes, biosBoot.mebibytes, 'ef02'),
    ...place(2, esp.startMebibytes, esp.mebibytes, 'ef00'),
    ...place(3, rootStartMebibytes, rootMebibytes, '8300'),
    image.raw,
  ]);
  await writeEsp(image, run);
  const output = [`of=${image.raw}`, 'bs=1M', `seek=${rootStartMebibytes}`, 'conv=notrunc,sparse', 'status=none'];
  await run('dd', [`if=${image.root}`, ...output]);
  await writeBiosLoader(image.raw, grub.core, (biosBoot.startMebibytes * mebibyte) / sectorBytes);
  await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-c', image.raw, image.qcow2]);
  return image;
}

async function writeEsp({ raw, efiLoader }: OsImage, run: RunProgram): Promise<void> {
  const startSector = (esp.startMebibytes * mebibyte) / sectorBytes;
  const geometry = ['-F', '32', '-s', '1', '-h', String(startSector), '--offset', String(startSector)];
  await run('mkfs.vfat', [...geometry, '-n', 'ESP', raw, String(esp.mebibytes * 1024)]);
  const at = ['-i', `${raw}@@${esp.startMebibytes * mebibyte}`];
  await run('mmd', [...at, '::/EFI', '::/EFI/BOOT']);
  await run('mcopy', [...at, efiLoader, '::/EFI/BOOT/BOOTX64.EFI']);
}

async function makeFile(file: string, mebibytes: number): Promise<void> {
  await writeFile(file, '');
  await truncate(file, mebibytes * mebibyte);
}
