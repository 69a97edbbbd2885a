/** What lies at one path of the ramdisk's root. Everything belongs to root, and nothing has a time. */
export type TreeEntry =
  | { readonly kind: 'directory'; readonly mode: number }
  | { readonly kind: 'file'; readonly mode: number; readonly content: Buffer }
  | { readonly kind: 'symlink'; readonly target: string };

/** A root file system in memory, by path without a slash at its start. */
export type FileTree = Map<string, TreeEntry>;

/** These are links to their counterpart below usr (file-hierarchy(7)): a package may still use the old path. */
const mergedFolders: ReadonlySet<string> = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']);

/** Where a path of a package really lies. */
export function mergedPath(path: string): string {
  const [first = ''] = path.split('/', 1);
  return mergedFolders.has(first) ? `usr/${path}` : path;
}

/** What every root has, before any package. */
export function emptyRoot(): FileTree {
  const tree: FileTree = new Map();
  for (const folder of [
    'dev',
    'etc',
    'proc',
    'root',
    'run',
    'sys',
    'usr',
    'usr/bin',
    'usr/lib',
    'usr/lib64',
    'usr/sbin',
    'var',
  ])
    tree.set(folder, { kind: 'directory', mode: 0o755 });
  tree.set('tmp', { kind: 'directory', mode: 0o1777 });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) tree.set(name, { kind: 'symlink', target: `usr/${name}` });
  return tree;
}

export function putFile(tree: FileTree, path: string, content: string | Buffer, mode = 0o644): void {
  addParents(tree, path);
  tree.set(path, { kind: 'file', mode, content: Buffer.from(content) });
}

export function putLink(tree: FileTree, path: string, target: string): void {
  addParents(tree, path);
  tree.set(path, { kind: 'symlink', target });
}

/** A folder of every root stays what it is there: /tmp is open to all. */
function addParents(tree: FileTree, path: string): void {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (parent === '' || tree.has(parent)) return;
  addParents(tree, parent);
  tree.set(parent, emptyRoot().get(parent) ?? { kind: 'directory', mode: 0o755 });
}

/** Bytes of all files. */
export function treeBytes(tree: FileTree): number {
  return [...tree.values()].reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.content.length : 0), 0);
}

/** Of a file that has to be there. */
export function contentOf(tree: FileTree, path: string): Buffer {
  const entry = tree.get(path);
  if (entry?.kind === 'file') return entry.content;
  throw new Error(`/${path}: expected a file, found ${entry?.kind ?? 'nothing'}`);
}
