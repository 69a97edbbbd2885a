import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../../../scripts/check-stages.ts';
import { installDebian } from '../../../../scripts/demo-image/root-tree.ts';
import { createRunProgram } from '../../../../scripts/demo-image/run-program.ts';
import { cachedImage } from './cached-image.ts';
import type { OsImage } from './os-image.ts';
import { makeOsImage } from './whole-disk.ts';

const packages = [
  ...['systemd-sysv', 'udev', 'dbus', 'iproute2', 'e2fsprogs', 'initramfs-tools', 'zstd'],
  ...['linux-image-cloud-amd64', 'cloud-init'],
];

/** With room for what is written while it runs. */
const rootMebibytes = 640;

/** Debian with cloud-init, which says on ttyS0 what that made of the config drive: debian/tree/usr/local/sbin/lab-tell. */
export async function debianImage(cacheDir = path.join(projectRoot, '.cache')): Promise<OsImage> {
  const run = createRunProgram();
  return await cachedImage('debian', cacheDir, async (work, rootUuid) => {
    const tree = path.join(work, 'tree');
    await installDebian(tree, packages, run);
    await settleIn(tree, rootUuid);
    await makeOsImage(work, { tree, rootUuid, rootMebibytes }, run);
    await rm(tree, { recursive: true });
  });
}

/** What an installed system has and a fresh root has not; and as little to wait for as possible in an emulated machine. */
async function settleIn(tree: string, rootUuid: string): Promise<void> {
  const at = (name: string): string => path.join(tree, name);
  await writeFile(at('etc/fstab'), `UUID=${rootUuid} / ext4 errors=remount-ro 0 1\n`);
  await writeFile(at('etc/hostname'), 'not-told\n');
  await writeFile(at('etc/machine-id'), '');
  await cp(path.join(import.meta.dirname, 'debian/tree'), tree, { recursive: true });
  const wants = at('etc/systemd/system/cloud-init.target.wants');
  await mkdir(wants, { recursive: true });
  await symlink('../lab-tell.service', path.join(wants, 'lab-tell.service'));
  const boot = await readdir(at('boot'));
  for (const [from, to] of [['vmlinuz-', 'vmlinuz'] as const, ['initrd.img-', 'initramfs'] as const]) {
    const name = boot.find((each) => each.startsWith(from));
    if (name === undefined) throw new Error(`/boot: expected ${from}*, got ${boot.join(', ')}`);
    await rename(at(`boot/${name}`), at(`boot/${to}`));
  }
  await mkdir(at('boot/grub'), { recursive: true });
  for (const gone of ['var/cache/apt', 'var/lib/apt/lists']) await rm(at(gone), { recursive: true, force: true });
}
