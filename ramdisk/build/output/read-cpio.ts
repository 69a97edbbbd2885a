import type { FileTree } from '../file-tree.ts';

const headerBytes = 110;

/** Adds what an archive of cpioArchive holds. */
export function readCpio(archive: Buffer, tree: FileTree): void {
  for (let at = 0; at < archive.length; ) {
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const [bits, size, nameBytes] = [field(1), field(6), field(11)];
    const path = archive.toString('utf8', at + headerBytes, at + headerBytes + nameBytes - 1);
    if (path === 'TRAILER!!!') return;
    const start = aligned(at + headerBytes + nameBytes);
    const content = archive.subarray(start, start + size);
    const [type, mode] = [bits & 0o170000, bits & 0o7777];
    if (type === 0o040000) tree.set(path, { kind: 'directory', mode });
    else if (type === 0o120000) tree.set(path, { kind: 'symlink', target: content.toString() });
    else tree.set(path, { kind: 'file', mode, content });
    at = aligned(start + size);
  }
}

function aligned(offset: number): number {
  return (offset + 3) & ~3;
}
