import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { DriveDirectory } from '../../src/image/config-drive/drive-tree.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const execute = promisify(execFile);

/** Files of a config drive by their path. */
export type DriveFiles = Readonly<Record<string, string | Uint8Array>>;

/** What Ironic puts on a config drive, with a long name, an empty file, and one that needs several blocks. */
export const driveFiles: DriveFiles = {
  'openstack/latest/meta_data.json': '{"uuid": "5e1f", "hostname": "metal"}',
  'openstack/latest/user_data': '#cloud-config\nruncmd: [touch /run/hello]\n',
  'openstack/latest/network_data.json': `{"links": [${'"a", '.repeat(3000)}"b"]}`,
  'openstack/content/0000': new Uint8Array(10_000).fill(7),
  'openstack/2012-08-10/meta_data.json': '{}',
  'openstack/a name that is longer than eight and three.with.dots.txt': 'long',
  'openstack/empty': '',
};

/** The arguments that Ironic's tools give to genisoimage. */
export const ironicArgs = ['-ldots', '-allow-lowercase', '-allow-multidot', '-l', '-quiet', '-J', '-r'];

/** An ISO 9660 image by the real genisoimage. */
export async function isoImage(
  files: DriveFiles = driveFiles,
  args: readonly string[] = ironicArgs,
  label = 'config-2',
): Promise<Uint8Array> {
  using dir = temporaryDirectory();
  const tree = path.join(dir.path, 'tree');
  await writeTree(tree, files);
  const image = path.join(dir.path, 'drive.iso');
  await execute('genisoimage', [...args, '-quiet', '-V', label, '-o', image, tree]);
  return await readFile(image);
}

/** A FAT file system by the real mkfs.vfat and mcopy, 8 MiB of it. */
export async function fatImage(
  files: DriveFiles = driveFiles,
  args: readonly string[] = [],
  label = 'config-2',
): Promise<Uint8Array> {
  using dir = temporaryDirectory();
  const tree = path.join(dir.path, 'tree');
  await writeTree(tree, files);
  const image = path.join(dir.path, 'drive.fat');
  await writeFile(image, new Uint8Array(8 * 1024 * 1024));
  await execute('mkfs.vfat', ['-n', label, ...args, image]);
  const tops = new Set(Object.keys(files).map((name) => path.join(tree, name.split('/')[0] ?? '')));
  if (tops.size > 0) await execute('mcopy', ['-s', '-i', image, ...tops, '::/']);
  return await readFile(image);
}

async function writeTree(directory: string, files: DriveFiles): Promise<void> {
  await mkdir(directory);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** The form in which a config drive stands in a command. */
export function asText(drive: Uint8Array): string {
  return gzipSync(drive).toString('base64');
}

/** An ISO 9660 image with a symbolic link in it. */
export async function symbolicLinkImage(): Promise<Uint8Array> {
  using dir = temporaryDirectory();
  const tree = path.join(dir.path, 'tree');
  await mkdir(tree);
  await symlink('/etc/shadow', path.join(tree, 'user_data'));
  const image = path.join(dir.path, 'drive.iso');
  await execute('genisoimage', ['-r', '-quiet', '-o', image, tree]);
  return await readFile(image);
}

/** The files below a directory by their path. */
export function filesOf(directory: DriveDirectory, prefix = ''): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const [name, node] of directory.entries) {
    if (node.kind === 'file') found.set(prefix + name, Buffer.from(node.bytes));
    else for (const [path, bytes] of filesOf(node, `${prefix}${name}/`)) found.set(path, bytes);
  }
  return found;
}
