import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiskTarget } from '../../../../src/storage/device-io/disk-target.ts';

export interface FileTarget extends AsyncDisposable {
  readonly target: DiskTarget;
  /** What was done, in order: `offset+length` for a write, `flush`. */
  readonly done: string[];
  /** Reads the file as it is. */
  content(): Promise<Buffer>;
}

/** A disk in a file, open with O_DIRECT, full of 0xa5 as if it had held something; takes down what is done to it. */
export async function createFileTarget(sizeBytes: number, sectorBytes: 512 | 4096 = 512): Promise<FileTarget> {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-target-'));
  const path = join(directory, 'disk');
  const plain = await open(path, 'w+');
  await plain.write(Buffer.alloc(sizeBytes, 0xa5));
  await plain.sync();
  await plain.close();
  const file = await open(path, constants.O_RDWR | constants.O_DIRECT);
  const done: string[] = [];
  const handle = new Proxy(file, {
    get(real, name) {
      if (name === 'write') {
        return (bytes: Uint8Array, start: number, length: number, position: number) => {
          done.push(`${position}+${length}`);
          return real.write(bytes, start, length, position);
        };
      }
      if (name === 'datasync') return async () => void done.push('flush');
      const value: unknown = Reflect.get(real, name, real);
      return typeof value === 'function' ? value.bind(real) : value;
    },
  });
  return {
    target: { handle, path, sizeBytes, sectorBytes },
    done,
    async content() {
      const reader = await open(path, 'r');
      const bytes = Buffer.alloc(sizeBytes);
      await reader.read(bytes, 0, sizeBytes, 0);
      await reader.close();
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      await file.close();
      await rm(directory, { recursive: true });
    },
  };
}
