import type { ToolNeed } from '../../../src/core/tool.ts';
import type { FileTree } from '../file-tree.ts';
import { readElf } from './elf.ts';
import { findNeeds, follow } from './find-needs.ts';

const searchPath = ['usr/sbin', 'usr/bin'];

/** What is wrong with a root, one sentence each: a program that is missing, or one that could not be loaded. */
export function problemsOf(tree: FileTree, needs: readonly ToolNeed[], machine: number): readonly string[] {
  const lookup = tree.get.bind(tree);
  const problems: string[] = [];
  for (const { program, package: name } of needs)
    if (!searchPath.some((folder) => follow(lookup, `${folder}/${program}`) !== null))
      problems.push(`${program}: expected it in /usr/sbin or /usr/bin from the package ${name}, found none`);
  for (const [path, entry] of tree) {
    if (entry.kind !== 'file') continue;
    const elf = path.startsWith('usr/lib/modules/') ? null : readElf(entry.content);
    if (elf !== null && elf.machine !== machine)
      problems.push(`/${path}: expected a program of machine ${machine}, found one of ${elf.machine}`);
    for (const missing of findNeeds(lookup, path).missing)
      problems.push(`/${path}: needs ${missing}, which is not there`);
  }
  return problems;
}
