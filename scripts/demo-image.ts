/** `node scripts/demo-image.ts`: builds the image of the demo, a Debian 12 that boots by UEFI, and prints where it is. */
import { randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { thisArchitecture } from './demo-image/architecture.ts';
import {
  type DemoImage,
  findImage,
  imageIn,
  openWorkFolder,
  publishImage,
  recipeHash,
  removeOldImages,
} from './demo-image/cache.ts';
import { partitionDisk, writeEsp, writeRoot } from './demo-image/disk-file.ts';
import { configureSystem, findBootFiles, installDebian } from './demo-image/root-tree.ts';
import { createRunProgram } from './demo-image/run-program.ts';

const packages = ['systemd-sysv', 'udev', 'initramfs-tools', 'zstd', 'systemd-boot-efi', 'iproute2'];

export interface DemoImageOptions {
  /** Keeps the image between runs; on a file system with 2 GiB to spare. */
  readonly cacheDir: string;
  readonly tell?: (line: string) => void;
  /** Ends the program that is running, removes what is half done, and rejects. */
  readonly signal?: AbortSignal;
}

const sizeBytes = 1280 * 2 ** 20;

/** A bootable raw disk image made of Debian packages: from the cache, or built within a minute or two. Needs root. */
export async function buildDemoImage({ cacheDir, tell = console.log, signal }: DemoImageOptions): Promise<DemoImage> {
  const sources = globSync(['demo-image.ts', 'demo-image/*.ts'], { cwd: import.meta.dirname });
  const recipe = recipeHash(sources.map((name) => path.join(import.meta.dirname, name)));
  const cached = await findImage(cacheDir, recipe);
  if (cached) return cached;

  const run = createRunProgram(signal);
  const work = await openWorkFolder(cacheDir);
  try {
    const architecture = thisArchitecture();
    const names = { rootUuid: randomUUID(), espLabel: 'ESP' };
    const tree = path.join(work, 'tree');
    const disk = imageIn(work);
    await mkdir(path.dirname(disk));
    tell('    1/4 installing Debian 12 into a folder (the only step that takes long: about a minute)');
    await installDebian(tree, [architecture.kernelPackage, ...packages], run);
    await configureSystem(tree, names);
    tell(`    2/4 partitioning a disk image of ${sizeBytes / 2 ** 20} MiB`);
    await partitionDisk(disk, sizeBytes, architecture, run);
    tell('    3/4 writing the root file system and the EFI system partition');
    await writeRoot(disk, sizeBytes, tree, names, run);
    await writeEsp(disk, work, { architecture, boot: await findBootFiles(tree, architecture), names }, run);
    tell('    4/4 computing its SHA-256');
    const image = await publishImage(work, cacheDir, recipe);
    await removeOldImages(cacheDir, recipe);
    return image;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const image = await buildDemoImage({ cacheDir: path.join(import.meta.dirname, '../.cache') });
  console.log(`${image.path}: ${image.sizeBytes} bytes, sha256 ${image.sha256}`);
}
