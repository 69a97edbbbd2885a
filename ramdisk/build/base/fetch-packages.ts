import { mkdir, rm, stat } from 'node:fs/promises';
import { debianRelease } from '../../../scripts/demo-image/debian-mirror.ts';
import type { RunProgram } from '../../../scripts/demo-image/run-program.ts';
import { publishFolder } from '../publish-folder.ts';

export interface PackageOrder {
  readonly packages: readonly string[];
  /** As Debian names it. */
  readonly architecture: string;
  /** Lines of sources.list(5). */
  readonly sources: readonly string[];
}

/**
 * The packages and all that they depend on, as .deb files in a folder, unless they are there already and not older than asked.
 * mmdebstrap asks apt, which checks the signatures; nothing is configured, so no script of a package runs, and packages of other
 * processors need no emulator.
 */
export async function fetchPackages(
  order: PackageOrder,
  folder: string,
  { run, youngerThanMs }: { readonly run: RunProgram; readonly youngerThanMs: number },
): Promise<void> {
  const fetched = await stat(folder).catch(() => null);
  if (fetched !== null && Date.now() - fetched.mtimeMs < youngerThanMs) return;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    await run('mmdebstrap', [
      '--quiet',
      '--mode=root',
      '--variant=extract',
      '--format=null',
      '--skip=check/qemu',
      `--architectures=${order.architecture}`,
      `--include=${order.packages.join(',')}`,
      '--aptopt=Apt::Install-Recommends "false"',
      `--extract-hook=cp "$1"/var/cache/apt/archives/*.deb '${unfinished}'`,
      debianRelease,
      '/dev/null',
      ...order.sources,
    ]);
    await rm(folder, { recursive: true, force: true });
    await publishFolder(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
