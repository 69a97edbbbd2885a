import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readPackages } from '../../../../ramdisk/build/base/debian-package.ts';
import { fetchPackages } from '../../../../ramdisk/build/base/fetch-packages.ts';
import type { FileTree } from '../../../../ramdisk/build/file-tree.ts';
import { projectRoot } from '../../../../scripts/check-stages.ts';
import { machineSourceLines } from '../../../../scripts/demo-image/debian-mirror.ts';
import { createRunProgram } from '../../../../scripts/demo-image/run-program.ts';
import { cachedImage } from './cached-image.ts';
import type { OsImage } from './os-image.ts';
import { tinyPackages, tinyRoot } from './tiny-system.ts';
import { makeOsImage } from './whole-disk.ts';

const monthMs = 30 * 24 * 3600 * 1000;

/** An operating system of 90 MiB that boots in seconds where Debian takes minutes. Built once for each state of its sources. */
export async function tinyImage(cacheDir = path.join(projectRoot, '.cache')): Promise<OsImage> {
  return await cachedImage('tiny', cacheDir, async (work, rootUuid) => {
    const run = createRunProgram();
    const debs = path.join(cacheDir, 'vm-os-packages');
    const order = { packages: tinyPackages, architecture: 'amd64', sources: await machineSourceLines(run, []) };
    await fetchPackages(order, debs, { run, youngerThanMs: monthMs });
    const packages: FileTree = new Map((await readPackages(debs)).flatMap(({ files }) => [...files]));
    const tree = path.join(work, 'tree');
    await unpack(await tinyRoot(packages), tree);
    await mkdir(path.join(tree, 'boot/grub'));
    await makeOsImage(work, { tree, rootUuid, rootMebibytes: 48 }, run);
    await rm(tree, { recursive: true });
  });
}

async function unpack(tree: FileTree, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of [...tree.keys()].sort()) {
    const entry = tree.get(name);
    const place = path.join(folder, name);
    if (entry?.kind === 'directory') await mkdir(place, { recursive: true });
    else if (entry?.kind === 'symlink') await symlink(entry.target, place);
    else if (entry) await writeFile(place, entry.content);
    if (entry && entry.kind !== 'symlink') await chmod(place, entry.mode);
  }
}
