import path from 'node:path/posix';
import type { TreeEntry } from '../file-tree.ts';
import { readElf } from './elf.ts';

/** What is at a path, as in a FileTree. */
export type Lookup = (path: string) => TreeEntry | undefined;

export interface FileNeeds {
  /** Paths that the file cannot do without, links on the way included. */
  readonly found: readonly string[];
  /** What it asks for and nobody has. */
  readonly missing: readonly string[];
}

/** What one file cannot do without: the target of a link, the interpreter of a script, loader and libraries of a program. */
export function findNeeds(lookup: Lookup, file: string): FileNeeds {
  const entry = lookup(file);
  if (entry?.kind === 'symlink') {
    const target = path.join('/', path.dirname(file), '.', linkTarget(file, entry.target)).slice(1);
    return settle(lookup, [[target, target]]);
  }
  if (entry?.kind !== 'file') return { found: [], missing: [] };
  const script = interpreterOf(entry.content);
  if (script !== null) return settle(lookup, [[script, script]]);
  const elf = readElf(entry.content);
  if (elf === null) return { found: [], missing: [] };
  const wanted = elf.libraries.map((name): [string, string | null] => [
    name,
    findLibrary(lookup, name, file, elf.searched),
  ]);
  if (elf.interpreter !== null) wanted.push([elf.interpreter, elf.interpreter.slice(1)]);
  return settle(lookup, wanted);
}

function linkTarget(file: string, target: string): string {
  return target.startsWith('/') ? path.relative(path.join('/', path.dirname(file)), target) : target;
}

/** Follows links to where each one ends. */
function settle(lookup: Lookup, wanted: readonly (readonly [string, string | null])[]): FileNeeds {
  const found: string[] = [];
  const missing: string[] = [];
  for (const [name, at] of wanted) {
    const way = at === null ? null : follow(lookup, at);
    if (way === null) missing.push(name);
    else found.push(...way);
  }
  return { found, missing };
}

/** The path with every link on it resolved, and those links; null where it leads nowhere. */
export function follow(lookup: Lookup, start: string): readonly string[] | null {
  const passed: string[] = [];
  let rest = start.split('/').filter(Boolean);
  let at = '';
  for (let links = 0; rest.length > 0; ) {
    const [step = '', ...others] = rest;
    const next = path.join(at, step);
    const entry = lookup(next);
    if (entry === undefined) return null;
    if (entry.kind !== 'symlink') {
      at = next;
      rest = others;
    } else {
      if (++links > 40) return null;
      passed.push(next);
      const target = entry.target.startsWith('/') ? entry.target : path.join('/', at, entry.target);
      rest = [...target.split('/').filter(Boolean), ...others];
      at = '';
    }
  }
  return [...passed, at];
}

const usualFolders = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'usr/lib', 'usr/lib64'];

/**
 * ld.so(8): the folders that the file names, then the usual ones. One beside the file counts too: who loads it has loaded that one
 * already, which is how the private libraries of systemd find each other.
 */
function findLibrary(lookup: Lookup, name: string, file: string, searched: readonly string[]): string | null {
  const own = searched.map((folder) =>
    path.join('/', folder.replace(/\$\{?ORIGIN\}?/, `/${path.dirname(file)}`)).slice(1),
  );
  const at = [...own, ...usualFolders, path.dirname(file)].map((folder) => path.join(folder, name));
  return at.find((each) => follow(lookup, each) !== null) ?? null;
}

/** Path of what runs a script; null where it is none. */
export function interpreterOf(content: Buffer): string | null {
  if (content[0] !== 0x23 || content[1] !== 0x21) return null;
  const line = content.toString('latin1', 2, content.indexOf(0x0a)).trim();
  const [program = '', argument = ''] = line.split(/\s+/);
  const named = program.endsWith('/env') ? `/usr/bin/${argument}` : program;
  return named.slice(1);
}
