import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { type FileTree, mergedPath, putFile, putLink } from './file-tree.ts';

/**
 * Adds a file or folder of this machine to the tree. Of the mode only the right to execute is kept, as in git. A folder `lib` would
 * take the place of the link to usr/lib, and with it the loader of all programs: what is in it goes where the link leads.
 */
export async function addFolder(tree: FileTree, from: string, to: string): Promise<void> {
  if ((await stat(from)).isFile()) return await addFile(tree, from, to);
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const place = mergedPath(path.join(to, path.relative(from, file)));
    if (entry.isSymbolicLink()) putLink(tree, place, await readlink(file));
    else if (entry.isFile()) await addFile(tree, file, place);
  }
}

async function addFile(tree: FileTree, from: string, to: string): Promise<void> {
  const executable = ((await stat(from)).mode & 0o100) !== 0;
  putFile(tree, to, await readFile(from), executable ? 0o755 : 0o644);
}
