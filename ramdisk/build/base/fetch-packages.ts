import { mkdir, rm, stat } from 'node:fs/promises';
import { debianRelease } from '../../../scripts/demo-image/debian-mirror.ts';
import { mmdebstrap } from '../../../scripts/demo-image/mmdebstrap.ts';
import type { RunProgram } from '../../../scripts/demo-image/run-program.ts';
import { CustomisationError } from '../customisation.ts';
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
    await mmdebstrap(run, [
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
    ]).catch((error: Error) => {
      throw unknownPackages(error.message, order) ?? error;
    });
    await rm(folder, { recursive: true, force: true });
    await publishFolder(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What apt says of names that it does not know, which it does only where mmdebstrap is not told to be quiet; null where it knows all. */
export function unknownPackages(said: string, { sources }: Pick<PackageOrder, 'sources'>): CustomisationError | null {
  const unknown = /^E: (?:Unable to locate package (\S+)|Package '(\S+)' has no installation candidate)/gm;
  const names = [...said.matchAll(unknown)].map(([, ...groups]) => groups.find(Boolean));
  if (names.length === 0) return null;
  const from = sources.map((each) => `\n  ${each}`).join('');
  return new CustomisationError(
    `packages, firmware: expected some of the sources below, got ${names.join(', ')}${from}`,
  );
}
