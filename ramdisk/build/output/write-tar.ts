import type { FileTree, TreeEntry } from '../file-tree.ts';

const blockBytes = 512;
const types = { directory: '5', file: '0', symlink: '2' } as const;

/** A tree as a tar archive (ustar, long names as GNU writes them), sorted by path; no times, everything root's. */
export function* tarArchive(tree: FileTree): Generator<Buffer> {
  for (const path of [...tree.keys()].sort()) {
    const entry = tree.get(path);
    if (entry) yield* record(entry.kind === 'directory' ? `${path}/` : path, entry);
  }
  yield Buffer.alloc(2 * blockBytes);
}

function* record(name: string, entry: TreeEntry): Generator<Buffer> {
  const target = entry.kind === 'symlink' ? entry.target : '';
  const content = entry.kind === 'file' ? entry.content : Buffer.alloc(0);
  yield* longName('K', target);
  yield* longName('L', name);
  const mode = entry.kind === 'symlink' ? 0o777 : entry.mode;
  yield header({ name, target, mode, size: content.length, type: types[entry.kind] });
  yield* padded(content);
}

function* longName(type: string, name: string): Generator<Buffer> {
  const bytes = Buffer.from(`${name}\0`);
  if (bytes.length <= 100) return;
  yield header({ name: '././@LongLink', target: '', mode: 0, size: bytes.length, type });
  yield* padded(bytes);
}

interface Header {
  readonly name: string;
  readonly target: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

function header({ name, target, mode, size, type }: Header): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name.slice(0, 99), 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(target.slice(0, 99), 157);
  block.write('ustar  \0', 257);
  block.write(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
  );
  return block;
}

function* padded(content: Buffer): Generator<Buffer> {
  if (content.length > 0) yield content;
  yield Buffer.alloc(-content.length & (blockBytes - 1));
}
