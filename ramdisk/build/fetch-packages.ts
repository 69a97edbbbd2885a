import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRunProgram } from '../../scripts/demo-image/run-program.ts';

export interface PackageOrder {
  readonly packages: readonly string[];
  /** As Debian names it. */
  readonly architecture: string;
  /** Lines of sources.list(5). */
  readonly sources: readonly string[];
}

/**
 * The packages and all that they depend on, as .deb files in a folder. mmdebstrap asks apt, which checks the signatures; nothing is
 * configured, so no script of a package runs, and packages of other processors need no emulator.
 */
export async function fetchPackages(order: PackageOrder, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    const run = createRunProgram();
    await run('mmdebstrap', [
      '--quiet',
      '--mode=root',
      '--variant=extract',
      '--format=null',
      `--architectures=${order.architecture}`,
      `--include=${order.packages.join(',')}`,
      '--aptopt=Apt::Install-Recommends "false"',
      '--skip=check/qemu',
      `--extract-hook=cp "$1"/var/cache/apt/archives/*.deb '${unfinished}'`,
      'bookworm',
      '/dev/null',
      ...order.sources,
    ]);
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
