import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createRunProgram, type RunProgram } from '../../../scripts/demo-image/run-program.ts';
import { type BootLoaders, bootLoaders } from './boot-loaders.ts';
import { grubMenu, isoArguments, isolinuxMenu } from './boot-menus.ts';
import type { Parts } from './outputs.ts';
import { sourceDate } from './source-date.ts';

/** By this label an agent finds configuration files on the medium that it was booted from, as on the ones that Ironic makes. */
const volume = 'VMEDIA_BOOT_ISO';
const espImage = 'boot/grub/efiboot.img';

/** A CD that boots by BIOS and by UEFI, for virtual media, and from a USB stick too. */
export async function iso({ request, vmlinuz, initramfs }: Parts): Promise<Buffer> {
  const { architecture, customisation, cacheDir, youngerThanMs } = request;
  const loaders = await bootLoaders(architecture, { cacheDir, sources: customisation.sources, youngerThanMs });
  const seconds = await sourceDate();
  const run = datedRun(seconds);
  const work = await mkdtemp(path.join(os.tmpdir(), 'ironhand-iso-'));
  try {
    const root = path.join(work, 'root');
    const kernelArguments = isoArguments(architecture, customisation.kernelArguments);
    const { isolinux } = loaders;
    const files: Record<string, string | Buffer | readonly Buffer[]> = {
      '.disk/info': 'Ironhand\n',
      'boot/vmlinuz': vmlinuz,
      'boot/initramfs': initramfs,
      'boot/grub/grub.cfg': grubMenu(kernelArguments),
      [espImage]: await espOf(loaders, work, run),
    };
    if (isolinux) {
      files['isolinux/isolinux.bin'] = isolinux.loader;
      files['isolinux/ldlinux.c32'] = isolinux.library;
      files['isolinux/isolinux.cfg'] = isolinuxMenu(kernelArguments);
      await writeFile(path.join(work, 'mbr'), isolinux.masterBootRecord);
    }
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await writeFile(path.join(root, name), content);
    }
    const disc = path.join(work, 'iso');
    const bios = [
      '-b',
      'isolinux/isolinux.bin',
      '-c',
      'isolinux/boot.cat',
      '-no-emul-boot',
      '-boot-load-size',
      '4',
      '-boot-info-table',
    ];
    const hybrid = ['-isohybrid-mbr', path.join(work, 'mbr'), '-eltorito-alt-boot'];
    await run('xorriso', [
      ...['-as', 'mkisofs', '-quiet', '-V', volume, '-r', '-J', '-o', disc],
      ...['--set_all_file_dates', `=${seconds}`],
      ...(isolinux ? [...bios, ...hybrid] : []),
      ...['-e', espImage, '-no-emul-boot', ...(isolinux ? ['-isohybrid-gpt-basdat'] : [])],
      root,
    ]);
    return await readFile(disc);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** xorriso and mtools both go by SOURCE_DATE_EPOCH. */
function datedRun(seconds: number): RunProgram {
  const run = createRunProgram();
  return (program, args) => run('env', [`SOURCE_DATE_EPOCH=${seconds}`, 'TZ=UTC', program, ...args]);
}

/** The EFI system partition that El Torito hands to the firmware: a FAT with the two loaders. */
async function espOf(loaders: BootLoaders, work: string, run: RunProgram): Promise<Buffer> {
  const image = path.join(work, 'esp');
  const parts = { [loaders.removable]: loaders.shim, [loaders.grubName]: loaders.grub };
  const bytes = Object.values(parts).reduce((sum, each) => sum + each.length, 0);
  await run('mkfs.vfat', ['--invariant', '-n', 'ESP', '-C', image, String(Math.ceil(bytes / 1024) + 512)]);
  await run('mmd', ['-i', image, '::/EFI', '::/EFI/BOOT']);
  for (const [name, content] of Object.entries(parts)) {
    await writeFile(path.join(work, name), content);
    await run('mcopy', ['-i', image, path.join(work, name), `::/EFI/BOOT/${name}`]);
  }
  return await readFile(image);
}
