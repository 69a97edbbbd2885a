import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createRunProgram } from '../../scripts/demo-image/run-program.ts';
import { type FileTree, putFile } from './file-tree.ts';

const modulesRoot = 'usr/lib/modules';
/** What depmod(8) and modprobe(8) want besides the modules. */
const indexes = ['modules.builtin', 'modules.builtin.modinfo', 'modules.order'];

export function kernelRelease(kernel: FileTree): string {
  for (const name of kernel.keys()) {
    const match = /^boot\/vmlinuz-(.+)$/.exec(name);
    if (match?.[1]) return match[1];
  }
  throw new Error('the kernel package has no /boot/vmlinuz-*');
}

/** Copies the wanted modules and all that they depend on into the tree, and what modprobe(8) needs to find them. */
export async function addModules(tree: FileTree, kernel: FileTree, wanted: readonly string[]): Promise<void> {
  const release = kernelRelease(kernel);
  const base = `${modulesRoot}/${release}`;
  const chosen = withDependencies(kernel, `${base}/kernel`, wanted);
  const kept = [...chosen, ...indexes.map((name) => `${base}/${name}`)];
  for (const name of kept) {
    const entry = kernel.get(name);
    if (entry?.kind === 'file') putFile(tree, name, entry.content);
  }
  for (const [name, content] of await indexModules(tree, kept, release)) putFile(tree, `${base}/${name}`, content);
}

/** The modules below the wanted folders, or of the wanted names, and what those depend on. */
function withDependencies(kernel: FileTree, base: string, wanted: readonly string[]): readonly string[] {
  const all = [...kernel.keys()].filter((name) => name.startsWith(`${base}/`) && name.endsWith('.ko'));
  const byName = new Map(all.map((name) => [moduleName(name), name]));
  const chosen = new Set<string>();
  const open: string[] = [];
  for (const want of wanted) {
    const found = all.filter((name) => name === `${base}/${want}.ko` || name.startsWith(`${base}/${want}/`));
    open.push(...found);
  }
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (chosen.has(name)) continue;
    chosen.add(name);
    const entry = kernel.get(name);
    if (entry?.kind !== 'file') continue;
    for (const dependency of dependenciesOf(entry.content)) {
      const file = byName.get(dependency);
      if (file) open.push(file);
    }
  }
  return [...chosen].sort();
}

function moduleName(file: string): string {
  return path.basename(file, '.ko').replaceAll('-', '_');
}

/** The field `depends` in the section .modinfo, whose strings end with a zero byte. */
function dependenciesOf(module: Buffer): readonly string[] {
  const at = module.indexOf('\0depends=');
  if (at === -1) return [];
  const start = at + '\0depends='.length;
  const names = module.toString('latin1', start, module.indexOf(0, start));
  return names === '' ? [] : names.split(',').map((name) => name.replaceAll('-', '_'));
}

async function indexModules(
  tree: FileTree,
  files: readonly string[],
  release: string,
): Promise<readonly (readonly [string, Buffer])[]> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'ironhand-modules-'));
  try {
    for (const name of files) {
      const entry = tree.get(name);
      if (entry?.kind !== 'file') continue;
      const file = path.join(root, name.replace(/^usr\//, ''));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, entry.content);
    }
    await createRunProgram()('depmod', ['-b', root, release]);
    const folder = path.join(root, 'lib/modules', release);
    const made = (await readdir(folder)).filter((name) => name.startsWith('modules.') && !indexes.includes(name));
    return await Promise.all(made.sort().map(async (name) => [name, await readFile(path.join(folder, name))] as const));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
