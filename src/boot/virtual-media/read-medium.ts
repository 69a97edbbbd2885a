import { closeSync, openSync, readSync } from 'node:fs';
import { maximumDriveBytes } from '../../image/config-drive/decode-drive.ts';
import { type DriveFormat, driveFormat } from '../../image/config-drive/drive-format.ts';
import type { DriveDirectory } from '../../image/config-drive/drive-tree.ts';
import { readFat } from '../../image/config-drive/fat-reader.ts';
import { type ImageBytes, isoPublisher, readIso9660 } from '../../image/config-drive/iso9660.ts';

/** A medium as far as it was wanted. */
export interface Medium {
  readonly tree: DriveDirectory;
  /** Of an ISO; null where it is FAT. */
  readonly publisher: string | null;
}

/** Bytes by which an ISO is told: it may be of any size, while a FAT file system is read as a whole. */
const isoHeadBytes = 34 * 1024;

/**
 * Reads an ISO 9660 or FAT file system from a device, without mounting it: of an ISO what `isWanted` says by its path. Throws an
 * Error for a device that holds neither, and ConfigDriveError for one that contradicts itself or is larger than it may be.
 */
export function readMedium(device: string, sizeBytes: number, isWanted: (path: string) => boolean): Medium {
  const descriptor = openSync(device, 'r');
  try {
    const bytes = deviceBytes(descriptor, sizeBytes);
    const isIso = driveFormat(bytes.subarray(0, isoHeadBytes))?.kind === 'iso9660';
    if (isIso) return { tree: readIso9660(bytes, isWanted), publisher: isoPublisher(bytes) };
    const image = bytes.subarray(0, maximumDriveBytes);
    const format: DriveFormat['kind'] | undefined = driveFormat(image)?.kind;
    if (format === 'fat') return { tree: readFat(image), publisher: null };
    throw new Error(`${device}: expected an ISO 9660 or FAT file system of at most ${maximumDriveBytes} bytes`);
  } finally {
    closeSync(descriptor);
  }
}

function deviceBytes(descriptor: number, length: number): ImageBytes {
  return {
    length,
    subarray(start, end) {
      const wanted = Math.max(0, Math.min(end, length) - start);
      const piece = Buffer.alloc(wanted);
      let filled = 0;
      while (filled < wanted) {
        const got = readSync(descriptor, piece, filled, wanted - filled, start + filled);
        if (got === 0) break;
        filled += got;
      }
      return piece.subarray(0, filled);
    },
  };
}
