import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Architecture } from './architecture.ts';
import { debianRelease, machineSourceLine } from './debian-mirror.ts';
import { mmdebstrap } from './mmdebstrap.ts';
import type { RunProgram } from './run-program.ts';

/** Names by which the installed system finds its own parts. */
export interface SystemNames {
  readonly rootUuid: string;
  readonly espLabel: string;
}

/** Kept small by leaving out what nobody reads there. */
const leftOut = ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*', '/usr/share/info/*'];

/** A Debian in a folder, made by mmdebstrap, with these packages; kernel and initramfs are in /boot where one of them is a kernel. */
export async function installDebian(tree: string, packages: readonly string[], run: RunProgram): Promise<void> {
  await mmdebstrap(run, [
    '--quiet',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    '--aptopt=Apt::Install-Recommends "false"',
    ...(await proxyOptions(run)),
    ...leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    debianRelease,
    tree,
    await machineSourceLine(run),
  ]);
}

/** mmdebstrap reads the apt configuration of the new system, not that of the machine: a proxy has to be handed on. */
async function proxyOptions(run: RunProgram): Promise<string[]> {
  const dump = await run('apt-config', ['dump', 'Acquire']);
  return dump
    .split('\n')
    .filter((line) => /^Acquire::https?::Proxy\S* "[^"]+";$/i.test(line))
    .map((line) => `--aptopt=${line}`);
}

/** What an installer would write: who this machine is, and where its file systems are. */
export async function configureSystem(tree: string, names: SystemNames): Promise<void> {
  const files = {
    'etc/hostname': 'ironhand-demo\n',
    'etc/hosts': '127.0.0.1 localhost\n127.0.1.1 ironhand-demo\n',
    'etc/fstab': `UUID=${names.rootUuid} / ext4 errors=remount-ro 0 1\nLABEL=${names.espLabel} /boot/efi vfat umask=0077,nofail 0 1\n`,
    'etc/issue': 'Deployed by Ironhand: Debian 12 on \\l\n\n',
    // Empty: systemd makes a new one at the first boot (machine-id(5)).
    'etc/machine-id': '',
    'etc/resolv.conf': '',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(tree, name), content);
  await rm(path.join(tree, 'var/lib/apt/lists'), { recursive: true, force: true });
}

export interface BootFiles {
  readonly kernel: string;
  readonly initramfs: string;
  readonly loader: string;
}

/** Kernel, initramfs and boot loader of the tree, as paths on this machine. */
export async function findBootFiles(tree: string, architecture: Architecture): Promise<BootFiles> {
  const boot = path.join(tree, 'boot');
  const names = await readdir(boot);
  const find = (prefix: string): string => {
    const name = names.find((each) => each.startsWith(prefix));
    if (name === undefined)
      throw new Error(`the Debian for the demo image has no /boot/${prefix}*: ${names.join(', ')}`);
    return path.join(boot, name);
  };
  return {
    kernel: find('vmlinuz-'),
    initramfs: find('initrd.img-'),
    loader: path.join(tree, 'usr/lib/systemd/boot/efi', architecture.systemdBoot),
  };
}
