import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileTree } from '../file-tree.ts';
import type { Parts } from './outputs.ts';
import { readCpio } from './read-cpio.ts';
import { tarArchive } from './write-tar.ts';

/** In a container the kernel is the host's. */
const ofTheKernel = /^(usr\/lib\/modules\/|init$)/;

/** The root as one tar, for an image of a container. */
export async function rootTar({ base, agent }: Parts): Promise<Iterable<Buffer>> {
  const tree: FileTree = new Map();
  for (const { name } of base.facts.segments) readCpio(await readFile(path.join(base.folder, `${name}.cpio`)), tree);
  for (const [name, entry] of agent.tree) tree.set(name, entry);
  for (const name of tree.keys()) if (ofTheKernel.test(name)) tree.delete(name);
  return tarArchive(tree);
}
