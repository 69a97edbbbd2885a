import type { FileTree } from '../../../ramdisk/build/file-tree.ts';
import { putFile, putLink } from '../../../ramdisk/build/file-tree.ts';

/** A tree of files; `-> TARGET` stands for a link. */
export function treeOf(files: Readonly<Record<string, string | Buffer>>): FileTree {
  const tree: FileTree = new Map();
  for (const [path, content] of Object.entries(files)) {
    const target = typeof content === 'string' ? /^-> (.*)$/.exec(content)?.[1] : undefined;
    if (target === undefined) putFile(tree, path, content);
    else putLink(tree, path, target);
  }
  return tree;
}
