import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FileTree } from './file-tree.ts';
import { readTar } from './read-tar.ts';
import { runBytes } from './run-bytes.ts';

/** A Debian package, read from its file. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly files: FileTree;
}

export async function readPackage(file: string): Promise<DebianPackage> {
  const control = parseControl((await runBytes('dpkg-deb', ['--field', file])).toString());
  const files: FileTree = new Map();
  readTar(await runBytes('dpkg-deb', ['--fsys-tarfile', file]), files);
  const field = (name: string): string => {
    const value = control.get(name);
    if (value === undefined) throw new Error(`${path.basename(file)}: no field ${name} in its control file`);
    return value;
  };
  const name = field('Package');
  return {
    name,
    version: field('Version'),
    architecture: field('Architecture'),
    source: control.get('Source') ?? name,
    files,
  };
}

/** One paragraph of deb822(5); of a field with several lines the first is enough. */
function parseControl(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => /^[^\s:]+:/.test(line));
  return new Map(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

/** All packages in a folder, by name. */
export async function readPackages(folder: string): Promise<readonly DebianPackage[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.deb')).sort();
  const packages: DebianPackage[] = [];
  for (const name of names) packages.push(await readPackage(path.join(folder, name)));
  return packages.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
