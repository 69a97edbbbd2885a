import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FileTree } from '../file-tree.ts';
import { runBytes } from '../run-bytes.ts';
import { readTar } from './read-tar.ts';

/** A Debian package, read from its file. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Name and perhaps version of what it was built from. */
  readonly source: string;
  readonly files: FileTree;
}

async function readPackage(file: string): Promise<DebianPackage> {
  const files: FileTree = new Map();
  const [control, tar] = await Promise.all([
    runBytes('dpkg-deb', ['--field', file]),
    runBytes('dpkg-deb', ['--fsys-tarfile', file]),
  ]);
  readTar(tar, files);
  const fields = parseControl(control.toString());
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw new Error(`${path.basename(file)}: no field ${name} in its control file`);
    return value;
  };
  const name = field('Package');
  const source = fields.get('Source') ?? name;
  return { name, version: field('Version'), architecture: field('Architecture'), source, files };
}

/** One paragraph of deb822(5); of a field with several lines the first is enough. */
function parseControl(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => /^[^\s:]+:/.test(line));
  return new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}

/** All packages in a folder, by name; some at a time are unpacked side by side. */
export async function readPackages(folder: string): Promise<readonly DebianPackage[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.deb')).map((name) => path.join(folder, name));
  const packages: DebianPackage[] = [];
  const lane = async (): Promise<void> => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) packages.push(await readPackage(file));
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, lane));
  return packages.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
