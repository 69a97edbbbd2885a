import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunProgram } from '../../../../scripts/demo-image/run-program.ts';

const modules = ['part_gpt', 'part_msdos', 'ext2', 'fat', 'search', 'search_fs_uuid', 'configfile', 'normal', 'linux'];
const terminals = ['echo', 'serial', 'terminal', 'boot'];
const sectorBytes = 512;

export interface GrubFiles {
  /** For UEFI: all in one file. */
  readonly efiLoader: string;
  /** For BIOS: what lies in the BIOS boot partition. */
  readonly core: string;
}

/** GRUB that looks for its configuration in the root file system, whatever disk that is on. */
export async function makeGrub(folder: string, rootUuid: string, run: RunProgram): Promise<GrubFiles> {
  const early = path.join(folder, 'early.cfg');
  const [search, use] = [
    `search --no-floppy --fs-uuid --set=root ${rootUuid}`,
    'configfile ($root)/boot/grub/grub.cfg',
  ];
  await writeFile(early, `${search}\n${use}\n`);
  const make = async (platform: string, name: string, more: readonly string[] = []): Promise<string> => {
    const file = path.join(folder, name);
    const options = ['-O', platform, '-o', file, '-c', early, '-p', '/boot/grub'];
    await run('grub-mkimage', [...options, ...modules, ...terminals, ...more]);
    return file;
  };
  return { efiLoader: await make('x86_64-efi', 'bootx64.efi'), core: await make('i386-pc', 'core.img', ['biosdisk']) };
}

/** What grub.cfg in the root file system says. */
export function grubConfig(rootUuid: string): string {
  return [
    ...['serial --unit=0 --speed=115200', 'terminal_output serial console', 'set timeout=0'],
    `search --no-floppy --fs-uuid --set=root ${rootUuid}`,
    `linux /boot/vmlinuz console=ttyS0 quiet panic=10 root=UUID=${rootUuid}`,
    ...['initrd /boot/initramfs', 'boot', ''],
  ].join('\n');
}

/**
 * The way that BIOS goes: boot.img in the first sector names the sector where core.img begins, and core.img's first sector names the
 * rest of it (GRUB's include/grub/i386/pc/boot.h, GRUB_BOOT_MACHINE_KERNEL_SECTOR 0x5c and _DRIVE_CHECK 0x66; and the list of blocks
 * at the end of diskboot.S: start, sectors, segment 0x820).
 */
export async function writeBiosLoader(disk: string, core: string, startSector: number): Promise<void> {
  const [boot, rest] = await Promise.all([readFile('/usr/lib/grub/i386-pc/boot.img'), readFile(core)]);
  const padded = Buffer.concat([rest, Buffer.alloc(-rest.length & (sectorBytes - 1))]);
  padded.writeBigUInt64LE(BigInt(startSector + 1), sectorBytes - 12);
  padded.writeUInt16LE(padded.length / sectorBytes - 1, sectorBytes - 4);
  padded.writeUInt16LE(0x820, sectorBytes - 2);
  boot.writeBigUInt64LE(BigInt(startSector), 0x5c);
  boot.writeUInt16LE(0x9090, 0x66);
  await using file = await open(disk, 'r+');
  await file.write(boot, 0, 440, 0); // what follows is the protective MBR
  await file.write(padded, 0, padded.length, startSector * sectorBytes);
}
