import { createHash, type Hash } from 'node:crypto';
import { Qcow2ChangedError } from './qcow2-changed-error.ts';
import { digestBytes, type TableEvidence } from './table-evidence.ts';

/** Compares the tables with what they were when the plan was made. */
export interface TableWatch {
  /** The next bytes of the source. Throws Qcow2ChangedError where they end a table that is another one now. */
  see(bytes: Uint8Array, offset: number): void;
}

/** For a source that is read from `from` on: tables that begin before are not looked at. */
export function watchTables(tables: TableEvidence, from: number): TableWatch {
  let index = tables.offsets.findIndex((offset) => offset >= from);
  if (index === -1) index = tables.count;
  let hash: Hash | null = null;

  function compare(digest: Buffer): void {
    const expected = tables.digests.subarray(index * digestBytes, (index + 1) * digestBytes);
    if (digest.equals(expected)) return;
    const offset = tables.offsets[index] ?? 0;
    const name = offset === 0 ? 'header' : `table at byte ${offset}`;
    throw new Qcow2ChangedError(`the ${name} is not what it was when the map was read: the image has changed`);
  }

  return {
    see(bytes, offset) {
      while (index < tables.count) {
        const start = tables.offsets[index] ?? 0;
        const end = start + (tables.lengths[index] ?? 0);
        if (start >= offset + bytes.length) return;
        hash ??= createHash('sha256');
        hash.update(bytes.subarray(Math.max(0, start - offset), Math.max(0, end - offset)));
        if (end > offset + bytes.length) return;
        compare(hash.digest());
        hash = null;
        index += 1;
      }
    },
  };
}
