import type { DriveDirectory, DriveNode } from '../../image/config-drive/drive-tree.ts';

/** A file on virtual media, under the path that it has in the ramdisk. */
export interface MediaFile {
  /** `/etc/ironic-python-agent.d/ironic-tls.conf` */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Directories of the media whose files are taken over; those below them are not. */
const configDirectories = [
  'etc/ironic-python-agent',
  'etc/ironic-python-agent.d',
  'etc/ironhand',
  'etc/ironhand.d',
] as const;

const mostFiles = 100;
const largestFileBytes = 1024 ** 2;
const largestParametersBytes = 64 * 1024;

/** What of an ISO with configuration files has to be read: the way to those files, and they themselves. */
export function isConfigPath(path: string): boolean {
  const lower = path.toLowerCase();
  return configDirectories.some((dir) => `${dir}/`.startsWith(`${lower}/`) || lower.replace(/\/[^/]*$/, '') === dir);
}

/** Where a FAT without long names has them in capitals. */
export function isParametersPath(path: string): boolean {
  return path.toLowerCase() === 'parameters.txt';
}

/** The text of `parameters.txt`; null where there is no such file. Throws an Error for one that is no text of reasonable size. */
export function parametersIn(tree: DriveDirectory): string | null {
  const file = child(tree, 'parameters.txt');
  if (file?.kind !== 'file') return null;
  if (file.bytes.length > largestParametersBytes) {
    throw new Error(`parameters.txt: expected at most ${largestParametersBytes} bytes, got ${file.bytes.length}`);
  }
  return textOf('parameters.txt', file.bytes);
}

/** The configuration files, by directory and name. Throws an Error where they are more, or larger, than any configuration is. */
export function configFilesIn(tree: DriveDirectory): readonly MediaFile[] {
  const files = configDirectories.flatMap((dir) => {
    const directory = dir.split('/').reduce<DriveNode | null>((node, name) => node && child(node, name), tree);
    if (directory?.kind !== 'directory') return [];
    const names = [...directory.entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return names.flatMap(([name, node]) =>
      node.kind === 'file' ? [{ path: `/${dir}/${name}`, bytes: node.bytes }] : [],
    );
  });
  if (files.length > mostFiles)
    throw new Error(`expected at most ${mostFiles} configuration files, got ${files.length}`);
  const large = files.find(({ bytes }) => bytes.length > largestFileBytes);
  if (large) throw new Error(`${large.path}: expected at most ${largestFileBytes} bytes, got ${large.bytes.length}`);
  return files;
}

/** Throws an Error where it is no UTF-8. */
export function textOf(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error(`${name}: expected a text in UTF-8`, { cause: error });
  }
}

function child(node: DriveNode, name: string): DriveNode | null {
  if (node.kind !== 'directory') return null;
  for (const [candidate, found] of node.entries) if (candidate.toLowerCase() === name) return found;
  return null;
}
