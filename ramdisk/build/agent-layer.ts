import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bundleAgent, processEntries } from '../../scripts/bundle/bundle-agent.ts';
import { appDir } from '../../scripts/cli/bundle.ts';
import { addFolder } from './add-folder.ts';
import { type FileTree, putFile, putLink } from './file-tree.ts';

const agentDir = 'usr/lib/ironhand';
const statusScreen = 'src/status-screen/main.ts';
/** The dashboard's files, which its package finds by the name of this one. */
const served = 'node_modules/@bull-board/ui';

/** What changes with the agent: its bundles, and the files of ramdisk/root. */
export async function agentLayer(): Promise<FileTree> {
  const tree: FileTree = new Map();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ironhand-bundles-'));
  try {
    const screen = existsSync(path.join(appDir, statusScreen)) ? { 'status-screen': statusScreen } : {};
    await bundleAgent({ ...processEntries, ironhand: 'scripts/cli/main.ts', ...screen }, folder);
    for (const name of (await readdir(folder)).sort())
      putFile(tree, `${agentDir}/${name}`, await readFile(path.join(folder, name)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { name, version, description } = JSON.parse(await readFile(path.join(appDir, 'package.json'), 'utf8'));
  putFile(tree, `${agentDir}/package.json`, `${JSON.stringify({ name, version, description, type: 'module' })}\n`);
  putFile(tree, `${agentDir}/${served}/package.json`, await readFile(path.join(appDir, served, 'package.json')));
  await addFolder(tree, path.join(appDir, served, 'dist'), `${agentDir}/${served}/dist`);
  putFile(tree, 'usr/bin/ironhand', '#!/bin/sh\nexec /usr/bin/node /usr/lib/ironhand/ironhand.mjs "$@"\n', 0o755);
  putLink(tree, 'init', 'usr/lib/systemd/systemd');
  const laidOver = path.join(appDir, 'ramdisk/root');
  if (existsSync(laidOver)) await addFolder(tree, laidOver, '');
  return tree;
}
