import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bundleAgent, processEntries } from '../../scripts/bundle/bundle-agent.ts';
import { appDir } from '../../scripts/cli/bundle.ts';
import { addFolder } from './add-folder.ts';
import { type FileTree, putFile } from './file-tree.ts';

const agentDir = 'usr/lib/ironhand';
const statusScreen = 'src/status-screen/main.ts';
/** The dashboard's files, which its package finds by its own name. */
const dashboard = '@bull-board/ui';

export interface AgentLayer {
  readonly tree: FileTree;
  /** Names of the npm packages that are in it. */
  readonly npmPackages: readonly string[];
}

/** The agent as the ramdisk has it, with the files of ramdisk/root: what a change of its code changes. */
export async function agentLayer(): Promise<AgentLayer> {
  const tree: FileTree = new Map();
  const sources = await addBundles(tree);
  const manifest = JSON.parse(await readFile(path.join(appDir, 'package.json'), 'utf8'));
  const { name, version, description, type } = manifest as Record<string, string>;
  putFile(tree, `${agentDir}/package.json`, `${JSON.stringify({ name, version, description, type })}\n`);
  for (const part of ['package.json', 'dist']) {
    const place = path.join('node_modules', dashboard, part);
    await addFolder(tree, path.join(appDir, place), `${agentDir}/${place}`);
  }
  putFile(tree, 'usr/bin/ironhand', `#!/bin/sh\nexec /usr/bin/node /${agentDir}/ironhand.mjs "$@"\n`, 0o755);
  await addFolder(tree, path.join(appDir, 'ramdisk/root'), '');
  return { tree, npmPackages: [...new Set([...sources.flatMap(npmPackageOf), dashboard])].sort() };
}

async function addBundles(tree: FileTree): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ironhand-bundles-'));
  try {
    const screen = existsSync(path.join(appDir, statusScreen)) ? { 'status-screen': statusScreen } : {};
    const programs = { ironhand: 'scripts/cli/main.ts', prepare: 'scripts/cli/prepare-main.ts' };
    const sources = await bundleAgent({ ...processEntries, ...programs, ...screen }, folder);
    for (const name of await readdir(folder))
      putFile(tree, `${agentDir}/${name}`, await readFile(path.join(folder, name)));
    return sources;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `node_modules/@hapi/hapi/lib/core.js` is of `@hapi/hapi`; of a package within another one the inner one counts. */
function npmPackageOf(source: string): readonly string[] {
  const inside = source.split('node_modules/').slice(1).at(-1);
  if (inside === undefined) return [];
  const [scope = '', name = ''] = inside.split('/');
  return [scope.startsWith('@') ? `${scope}/${name}` : scope];
}
