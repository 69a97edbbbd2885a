import { closeSync, ftruncateSync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { DiskSink } from '../../../src/image/disk/disk-sink.ts';

const writeAsync = promisify(write);

/** A disk in a sparse file. */
export function fileSink(path: string, sizeBytes: number): DiskSink & Disposable {
  const fd = openSync(path, 'w');
  ftruncateSync(fd, sizeBytes);
  return {
    sizeBytes,
    async write(bytes, offset) {
      if (offset < 0 || offset + bytes.length > sizeBytes) throw new Error(`write of ${offset}+${bytes.length}`);
      const { bytesWritten } = await writeAsync(fd, bytes, 0, bytes.length, offset);
      if (bytesWritten !== bytes.length) throw new Error('a short write');
    },
    async zero() {
      throw new Error('a decoder needs no zeros');
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}
