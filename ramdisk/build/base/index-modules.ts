import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { contentOf, type FileTree } from '../file-tree.ts';

/** The files that depmod(8) makes of a tree of modules: dependencies, aliases, symbols. */
export async function indexModules(modules: FileTree, release: string): Promise<ReadonlyMap<string, Buffer>> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'ironhand-modules-'));
  try {
    for (const name of modules.keys()) {
      if (modules.get(name)?.kind !== 'file') continue;
      const file = path.join(root, name.replace(/^usr\//, ''));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, contentOf(modules, name));
    }
    await createRunProgram()('depmod', ['-b', root, release]);
    const folder = path.join(root, 'lib/modules', release);
    const made = (await readdir(folder)).filter(
      (name) => !modules.has(`usr/lib/modules/${release}/${name}`) && name !== 'kernel',
    );
    const read = made
      .sort()
      .map(async (name): Promise<[string, Buffer]> => [name, await readFile(path.join(folder, name))]);
    return new Map(await Promise.all(read));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
