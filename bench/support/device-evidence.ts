import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pieces } from './page-map.ts';

const execute = promisify(execFile);
const MiB = 1024 * 1024;
const pageBytes = 4096;
const poisoned = Buffer.alloc(pageBytes, 0xa5);

/** What a write has left on the device, compared with the image. */
export interface DeviceEvidence {
  /** Bytes in the image's range of the backing file that have been written: extents that are neither holes nor unwritten. */
  readonly writtenBytes: number;
  readonly writtenPerData: number;
  /** Pages of the former content (0xa5) within the image's range. */
  readonly poisonedPagesLeft: number;
  /** Pages that are not those of the image; the first and the last MiB, where the tables are, are left out. */
  readonly differentPages: number;
}

export async function inspectDevice(
  disk: { readonly path: string; readonly backingFile: string },
  image: { readonly file: string; readonly bytes: number; readonly dataBytes: number },
): Promise<DeviceEvidence> {
  const written = await writtenBytes(disk.backingFile, image.bytes);
  return {
    writtenBytes: written,
    writtenPerData: Number((written / image.dataBytes).toFixed(3)),
    ...(await comparePages(disk.path, image.file, image.bytes)),
  };
}

/** By filefrag(8), which asks the file system (FIEMAP). */
async function writtenBytes(file: string, upTo: number): Promise<number> {
  const { stdout } = await execute('filefrag', ['-s', '-v', '-b4096', file], { maxBuffer: 256 * MiB });
  let total = 0;
  for (const [, first, last, rest] of stdout.matchAll(/^\s*\d+:\s+(\d+)\.\.\s*(\d+):(.*)$/gm)) {
    if (rest?.includes('unwritten')) continue;
    const start = Number(first) * pageBytes;
    total += Math.max(0, Math.min(upTo, (Number(last) + 1) * pageBytes) - start);
  }
  return total;
}

async function comparePages(
  device: string,
  image: string,
  bytes: number,
): Promise<Pick<DeviceEvidence, 'poisonedPagesLeft' | 'differentPages'>> {
  const found = { poisonedPagesLeft: 0, differentPages: 0 };
  const onDevice = pieces(device);
  let offset = 0;
  for await (const expected of pieces(image)) {
    const { value: got } = await onDevice.next();
    if (!got) throw new Error(`${device} ends at byte ${offset}`);
    if (!got.subarray(0, expected.length).equals(expected)) comparePiece(got, expected, { offset, bytes }, found);
    offset += expected.length;
  }
  await onDevice.return(undefined);
  return found;
}

function comparePiece(
  got: Buffer,
  expected: Buffer,
  at: { readonly offset: number; readonly bytes: number },
  found: { poisonedPagesLeft: number; differentPages: number },
): void {
  for (let start = 0; start < expected.length; start += pageBytes) {
    const page = got.subarray(start, start + pageBytes);
    if (page.equals(expected.subarray(start, start + pageBytes))) continue;
    if (page.equals(poisoned)) found.poisonedPagesLeft += 1;
    const place = at.offset + start;
    if (place >= MiB && place < at.bytes - MiB) found.differentPages += 1;
  }
}
