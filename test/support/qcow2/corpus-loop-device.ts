import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deviceZeroing } from '../../../src/image/disk/device-zeroing.ts';
import { createDiskWriter } from '../../../src/image/disk/disk-writer.ts';
import { writeHeld } from '../../../src/image/disk/write-held.ts';
import { createJobContext } from '../job-context.ts';
import { createLoopDevice } from '../loop-device.ts';
import { poison } from '../poison.ts';
import type { CorpusDisk } from './corpus-tests.ts';

const run = promisify(execFile);

/** Larger ones are new and read as zero: no disk of this machine could hold 64 GiB, should zeros have to be written. */
const mostPoisonedBytes = 64 * 2 ** 20;

/** A loop device that just holds the image, written as Ironhand writes a disk; a small one was full of other data before. */
export async function openLoopDevice(_file: string, virtualBytes: number, seed: number): Promise<CorpusDisk> {
  const sectorBytes = seed % 3 === 0 ? 4096 : 512;
  const sizeBytes = Math.ceil(virtualBytes / sectorBytes) * sectorBytes;
  const disk = await createLoopDevice({ sizeBytes, sectorBytes });
  const isPoisoned = sizeBytes <= mostPoisonedBytes;
  if (isPoisoned) await poison(disk);
  const handle = await open(disk.path, constants.O_RDWR | constants.O_DIRECT);
  const target = { handle, path: disk.path, sizeBytes, sectorBytes };
  const host = createJobContext({ devices: [disk.path] });
  const writer = createDiskWriter({ target, zeroing: deviceZeroing(target, disk.path, host) });
  if (isPoisoned) await writer.zero(0, virtualBytes);
  return {
    file: disk.backingFile,
    sink: writer,
    async finish() {
      await writeHeld(writer, new AbortController().signal);
      await run('blockdev', ['--flushbufs', disk.path]);
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
      await disk[Symbol.asyncDispose]();
    },
  };
}
