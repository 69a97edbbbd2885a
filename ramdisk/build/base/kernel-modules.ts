import path from 'node:path';
import { CustomisationError } from '../customisation.ts';
import { contentOf, type FileTree, putFile } from '../file-tree.ts';
import { indexModules } from './index-modules.ts';

export interface ModuleChoice {
  readonly release: string;
  /** Folders below `kernel/`, or single modules. Other kernels have some of them, this one may not. */
  readonly wanted: readonly string[];
  /** Somebody asked for these by name: each has to be there, and none is left out. */
  readonly added: readonly string[];
  /** Of the wanted ones. */
  readonly without: readonly string[];
}

/** From the name of its image, as depmod(8) and modprobe(8) know it. */
export function kernelRelease(kernel: FileTree): string {
  for (const name of kernel.keys()) {
    const match = /^boot\/vmlinuz-(.+)$/.exec(name);
    if (match?.[1]) return match[1];
  }
  throw new Error('the kernel package has no /boot/vmlinuz-*');
}

/** Copies the wanted modules and all that they depend on into the tree, and what modprobe(8) needs to find them. */
export async function addModules(tree: FileTree, kernel: FileTree, choice: ModuleChoice): Promise<void> {
  const base = `usr/lib/modules/${choice.release}`;
  const chosen: FileTree = new Map();
  refuseUnknown(kernel, base, choice);
  for (const name of chooseModules(kernel, `${base}/kernel`, choice)) putFile(chosen, name, contentOf(kernel, name));
  for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order'])
    putFile(chosen, `${base}/${name}`, contentOf(kernel, `${base}/${name}`));
  for (const [name, entry] of chosen) tree.set(name, entry);
  for (const [name, content] of await indexModules(chosen, choice.release)) putFile(tree, `${base}/${name}`, content);
}

/** Throws CustomisationError for an added module that is neither in a file of its own nor built in. */
function refuseUnknown(kernel: FileTree, base: string, { added, release }: ModuleChoice): void {
  const builtIn = contentOf(kernel, `${base}/modules.builtin`).toString().split('\n');
  const known = [...kernel.keys(), ...builtIn.map((each) => `${base}/${each}`)];
  const unknown = added.find((name) => !known.some((each) => isIn(each, `${base}/kernel`, [name])));
  if (unknown !== undefined)
    throw new CustomisationError(
      `modules: expected folders or modules below kernel/ of Linux ${release}, got ${unknown}`,
    );
}

function chooseModules(kernel: FileTree, base: string, { wanted, added, without }: ModuleChoice): readonly string[] {
  const all = [...kernel.keys()].filter((name) => name.startsWith(`${base}/`) && name.endsWith('.ko'));
  const byName = new Map(all.map((name) => [moduleName(name), name]));
  const chosen = new Set<string>();
  const open = all.filter(
    (name) => isIn(name, base, added) || (isIn(name, base, wanted) && !isIn(name, base, without)),
  );
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (chosen.has(name)) continue;
    chosen.add(name);
    // What is built into the kernel has no file.
    open.push(...dependenciesOf(contentOf(kernel, name)).flatMap((each) => byName.get(each) ?? []));
  }
  return [...chosen].sort();
}

function isIn(file: string, base: string, places: readonly string[]): boolean {
  return places.some((place) => file === `${base}/${place}.ko` || file.startsWith(`${base}/${place}/`));
}

function moduleName(file: string): string {
  return path.basename(file, '.ko').replaceAll('-', '_');
}

/** The field `depends` in the section .modinfo, whose strings end with a zero byte. */
function dependenciesOf(module: Buffer): readonly string[] {
  const field = '\0depends=';
  const at = module.indexOf(field);
  if (at === -1) return [];
  const start = at + field.length;
  const names = module.toString('latin1', start, module.indexOf(0, start));
  return names === '' ? [] : names.split(',').map((name) => name.replaceAll('-', '_'));
}
