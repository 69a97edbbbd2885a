import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DiskSink } from '../../../src/image/disk/disk-sink.ts';

export interface MemorySink extends DiskSink {
  readonly content: Uint8Array;
  readonly writes: number;
}

/** A disk in memory that takes its time, so that memory that is given back too early shows. Refuses what it cannot hold. */
export function memorySink(content: Uint8Array): MemorySink {
  let writes = 0;
  return {
    content,
    sizeBytes: content.length,
    get writes() {
      return writes;
    },
    async write(bytes, offset) {
      if (offset < 0 || offset + bytes.length > content.length || bytes.length === 0) {
        throw new Error(`write of ${offset}+${bytes.length} of ${content.length}`);
      }
      writes += 1;
      await nextTurn();
      content.set(bytes, offset);
    },
    async zero() {
      throw new Error('a decoder needs no zeros');
    },
  };
}
