import path from 'node:path';
import { machineSourceLines } from '../../../scripts/demo-image/debian-mirror.ts';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import type { Architecture } from '../architectures.ts';
import { readPackages } from '../base/debian-package.ts';
import { fetchPackages } from '../base/fetch-packages.ts';
import { contentOf, type FileTree } from '../file-tree.ts';

export interface BootLoaders {
  /** The path that firmware tries by itself. */
  readonly removable: string;
  /** Signed by Microsoft, starts what Debian has signed: so the ISO boots with Secure Boot too. */
  readonly shim: Buffer;
  readonly grubName: string;
  readonly grub: Buffer;
  /** For BIOS, which only x86_64 has. */
  readonly isolinux: { readonly loader: Buffer; readonly library: Buffer; readonly masterBootRecord: Buffer } | null;
}

const names: Readonly<
  Record<string, { readonly short: string; readonly folder: string; readonly bios: readonly string[] }>
> = {
  x86_64: { short: 'x64', folder: 'x86_64-efi-signed', bios: ['isolinux', 'syslinux-common'] },
  aarch64: { short: 'aa64', folder: 'arm64-efi-signed', bios: [] },
};

/** Boot loaders out of Debian packages of the architecture: the machine that builds needs none of its own. */
export async function bootLoaders(
  architecture: Architecture,
  {
    cacheDir,
    sources,
    youngerThanMs,
  }: { readonly cacheDir: string; readonly sources: readonly string[]; readonly youngerThanMs: number },
): Promise<BootLoaders> {
  const known = names[architecture.name];
  if (!known) throw new Error(`no boot loaders are known for ${architecture.name}`);
  const run = createRunProgram();
  const packages = [`grub-efi-${architecture.debian}-signed`, 'shim-signed', ...known.bios];
  const order = {
    packages,
    architecture: architecture.debian,
    sources: sources.length > 0 ? sources : await machineSourceLines(run, []),
  };
  const folder = path.join(cacheDir, `ramdisk-loaders-${architecture.debian}`);
  await fetchPackages(order, folder, { run, youngerThanMs });
  const all: FileTree = new Map((await readPackages(folder)).flatMap(({ files }) => [...files]));
  return {
    removable: `BOOT${known.short.toUpperCase()}.EFI`,
    shim: contentOf(all, `usr/lib/shim/shim${known.short}.efi.signed`),
    grubName: `grub${known.short}.efi`,
    // The variant for CDs, which looks for /.disk/info and takes boot/grub/grub.cfg beside it.
    grub: contentOf(all, `usr/lib/grub/${known.folder}/gcd${known.short}.efi.signed`),
    isolinux:
      known.bios.length === 0
        ? null
        : {
            loader: contentOf(all, 'usr/lib/ISOLINUX/isolinux.bin'),
            library: contentOf(all, 'usr/lib/syslinux/modules/bios/ldlinux.c32'),
            masterBootRecord: contentOf(all, 'usr/lib/ISOLINUX/isohdpfx.bin'),
          },
  };
}
