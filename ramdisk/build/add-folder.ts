import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { type FileTree, putFile, putLink } from './file-tree.ts';

/** Adds a folder of this machine to the tree. Of the mode only the right to execute is kept, as in git. */
export async function addFolder(tree: FileTree, folder: string, at: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const from = path.join(entry.parentPath, entry.name);
    const to = path.join(at, path.relative(folder, from));
    if (entry.isSymbolicLink()) putLink(tree, to, await readlink(from));
    else if (entry.isFile()) {
      const executable = ((await stat(from)).mode & 0o100) !== 0;
      putFile(tree, to, await readFile(from), executable ? 0o755 : 0o644);
    }
  }
}
