import { type FileTree, mergedPath } from '../file-tree.ts';

const blockBytes = 512;

/** Adds what a tar holds (ustar with the long names of GNU, as dpkg-deb(1) writes it). A hard link becomes a symbolic one. */
export function readTar(tar: Buffer, tree: FileTree): void {
  let longName: string | undefined;
  let longTarget: string | undefined;
  for (let at = 0; at + blockBytes <= tar.length; ) {
    const header = tar.subarray(at, at + blockBytes);
    if (header[0] === 0) break;
    const size = octal(header, 124, 12);
    const content = tar.subarray(at + blockBytes, at + blockBytes + size);
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L') longName = text(content, 0, size);
    else if (type === 'K') longTarget = text(content, 0, size);
    else {
      const target = longTarget ?? text(header, 157, 100);
      addEntry(tree, longName ?? nameOf(header), { type, target, mode: octal(header, 100, 8) & 0o7777, content });
      longName = undefined;
      longTarget = undefined;
    }
  }
}

interface TarEntry {
  readonly type: string;
  readonly target: string;
  readonly mode: number;
  readonly content: Buffer;
}

function addEntry(tree: FileTree, name: string, { type, target, mode, content }: TarEntry): void {
  const path = mergedPath(plainPath(name));
  if (path === '' || (path.startsWith('usr/') && tree.get(path.slice(4))?.kind === 'symlink' && type === '5')) return;
  if (type === '5') tree.set(path, { kind: 'directory', mode });
  else if (type === '2') tree.set(path, { kind: 'symlink', target });
  else if (type === '1') tree.set(path, { kind: 'symlink', target: `/${mergedPath(plainPath(target))}` });
  else if (type === '0' || type === '\0') tree.set(path, { kind: 'file', mode, content });
  else throw new Error(`tar: ${name} is of type ${type}: expected a file, a folder or a link`);
}

function plainPath(name: string): string {
  return name
    .replace(/^\.?\/+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}

function nameOf(header: Buffer): string {
  const prefix = text(header, 257, 5) === 'ustar' && header[262] === 0 ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

function text(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

function octal(bytes: Buffer, start: number, length: number): number {
  return Number.parseInt(text(bytes, start, length).trim() || '0', 8);
}
