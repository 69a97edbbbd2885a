import type { FileTree, TreeEntry } from '../file-tree.ts';

const typeBits = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

/**
 * A tree as a cpio archive in the format "newc" (the kernel's Documentation/driver-api/early-userspace/buffer-format.rst): sorted by
 * path, so that a folder comes before what is in it; no times, no owners.
 */
export function* cpioArchive(tree: FileTree): Generator<Buffer> {
  let inode = 1;
  for (const path of [...tree.keys()].sort()) {
    const entry = tree.get(path);
    if (entry) yield* record(path, entry, inode++);
  }
  yield* record('TRAILER!!!', { kind: 'file', mode: 0, content: Buffer.alloc(0) }, 0);
}

function* record(path: string, entry: TreeEntry, inode: number): Generator<Buffer> {
  const trailer = inode === 0;
  const mode = entry.kind === 'symlink' ? 0o777 : entry.mode;
  const content = contentOf(entry);
  const name = Buffer.from(`${path}\0`);
  const links = entry.kind === 'directory' ? 2 : 1;
  const fields = [
    inode,
    trailer ? 0 : typeBits[entry.kind] | mode,
    0,
    0,
    links,
    0,
    content.length,
    0,
    0,
    0,
    0,
    name.length,
    0,
  ];
  const header = Buffer.from(`070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}`);
  yield Buffer.concat([header, name, padding(header.length + name.length)]);
  if (content.length > 0) yield content;
  yield padding(content.length);
}

function contentOf(entry: TreeEntry): Buffer {
  if (entry.kind === 'file') return entry.content;
  return Buffer.from(entry.kind === 'symlink' ? entry.target : '');
}

function padding(length: number): Buffer {
  return Buffer.alloc(-length & 3);
}
