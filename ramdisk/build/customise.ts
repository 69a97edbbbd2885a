import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { addFolder } from './add-folder.ts';
import { caBundle } from './base/debian-root.ts';
import type { Customisation } from './customisation.ts';
import { type FileTree, putFile } from './file-tree.ts';

const managersDir = 'usr/lib/ironhand/managers';
const optionsDir = 'etc/ironhand.d';

/** Adds what the configuration file names and needs no package. `knownAuthorities` are the certificates that are there anyway. */
export async function customise(tree: FileTree, wanted: Customisation, knownAuthorities: Buffer): Promise<void> {
  for (const manager of wanted.managers) await addFolder(tree, manager, `${managersDir}/${path.basename(manager)}`);
  if (wanted.managers.length > 0)
    putFile(tree, `${optionsDir}/managers.conf`, `[DEFAULT]\nhardware_manager_dir = /${managersDir}\n`);
  if (wanted.caCertificates.length > 0) {
    const added = await Promise.all(wanted.caCertificates.map((file) => readFile(file)));
    putFile(tree, caBundle, Buffer.concat([knownAuthorities, ...added.flatMap((each) => [Buffer.from('\n'), each])]));
    putFile(tree, `${optionsDir}/authorities.conf`, `[DEFAULT]\ncafile = /${caBundle}\n`);
  }
  if (wanted.sshKeys.length > 0) {
    const keys = await Promise.all(wanted.sshKeys.map((file) => readFile(file, 'utf8')));
    tree.set('root/.ssh', { kind: 'directory', mode: 0o700 });
    putFile(tree, 'root/.ssh/authorized_keys', keys.map((text) => `${text.trim()}\n`).join(''), 0o600);
  }
  for (const folder of wanted.files) await addFolder(tree, folder, '');
}
