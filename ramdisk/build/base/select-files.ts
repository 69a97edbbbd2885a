import { emptyRoot, type FileTree, type TreeEntry } from '../file-tree.ts';
import type { DebianPackage } from './debian-package.ts';
import { findNeeds, interpreterOf } from './find-needs.ts';

export interface Selection {
  /** Packages of which everything is wanted, but for what is left out. */
  readonly whole: ReadonlySet<string>;
  /** The same for those that somebody asked for by name: of these only the documentation is left out. */
  readonly added: ReadonlySet<string>;
  /** Files of others that are wanted. */
  readonly files: ReadonlySet<string>;
  readonly leftOut: readonly RegExp[];
}

export interface SelectedFiles {
  readonly tree: FileTree;
  /** The package that each file is of. */
  readonly owners: ReadonlyMap<string, string>;
  /** Programs of added packages that are left without their interpreter, which is the value. */
  readonly useless: ReadonlyMap<string, string>;
}

const documentation = /^usr\/share\/(doc|doc-base|info|lintian|locale|man)\//;
const program = /^usr\/s?bin\//;

interface Owned {
  readonly entry: TreeEntry;
  readonly owner: string;
}

/**
 * Of packages that only came along, a root keeps what the wanted files load: libraries, loaders, targets of links. So Perl, Python,
 * dpkg and drivers of graphics cards stay out, although dependencies name them; scripts that are left without their interpreter too.
 */
export function selectFiles(packages: readonly DebianPackage[], selection: Selection): SelectedFiles {
  const universe = unite(packages);
  const wanted = new Set(
    [...universe].filter(([path, owned]) => isWanted(path, owned, selection)).map(([path]) => path),
  );
  const tree: FileTree = new Map();
  const owners = new Map<string, string>();
  const useless = new Map<string, string>();
  const open = [...wanted, ...emptyRoot().keys()];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const owned = universe.get(path);
    if (owned === undefined || tree.has(path)) continue;
    const needs = neededBy(path, universe, wanted);
    if (needs === null) {
      const interpreter = scriptInterpreter(owned.entry);
      if (interpreter !== null && program.test(path) && selection.added.has(owned.owner))
        useless.set(path, interpreter);
      continue;
    }
    tree.set(path, owned.entry);
    if (owned.entry.kind !== 'directory') owners.set(path, owned.owner);
    open.push(...needs, ...parentOf(path));
  }
  return { tree, owners, useless };
}

function unite(packages: readonly DebianPackage[]): ReadonlyMap<string, Owned> {
  const universe = new Map<string, Owned>();
  for (const { name, files } of packages) for (const [path, entry] of files) universe.set(path, { entry, owner: name });
  for (const [path, entry] of emptyRoot()) universe.set(path, { entry, owner: '' });
  return universe;
}

function isWanted(path: string, { entry, owner }: Owned, { whole, added, files, leftOut }: Selection): boolean {
  if (files.has(path)) return true;
  const name = entry.kind === 'directory' ? `${path}/` : path;
  if (added.has(owner)) return !documentation.test(name);
  return whole.has(owner) && !leftOut.some((pattern) => pattern.test(name));
}

/** Null for what would be of no use: a link to nothing, a script whose interpreter nobody wanted. */
function neededBy(
  path: string,
  universe: ReadonlyMap<string, Owned>,
  wanted: ReadonlySet<string>,
): readonly string[] | null {
  const entry = universe.get(path)?.entry;
  const { found, missing } = findNeeds((each) => universe.get(each)?.entry, path);
  if (scriptInterpreter(entry) !== null)
    return missing.length === 0 && found.every((each) => wanted.has(each) || emptyRoot().has(each)) ? found : null;
  return entry?.kind === 'symlink' && missing.length > 0 ? null : found;
}

function scriptInterpreter(entry: TreeEntry | undefined): string | null {
  return entry?.kind === 'file' ? interpreterOf(entry.content) : null;
}

function parentOf(path: string): readonly string[] {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? [] : [path.slice(0, slash)];
}
