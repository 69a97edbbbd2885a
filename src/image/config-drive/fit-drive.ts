import { ConfigDriveError } from './config-drive-error.ts';
import { driveFormat } from './drive-format.ts';
import { buildFat } from './fat-image.ts';
import { readFat } from './fat-reader.ts';
import { readIso9660 } from './iso9660.ts';

/** Blocks of ISO 9660: no kernel mounts it on a disk with larger sectors. */
const isoBlockBytes = 2048;
const label = 'CONFIG-2';

export interface FitOptions {
  /** Of the disk that it goes to. */
  readonly sectorBytes: number;
  /** Makes a FAT file system of it in any case (config_drive_rebuild). */
  readonly rebuild: boolean;
}

/**
 * Gives a config drive that can be mounted on a disk: the same bytes where they can, else a FAT file system labelled
 * CONFIG-2 with the same files. Throws ConfigDriveError where it cannot be made into one.
 */
export function fitDrive(drive: Uint8Array, { sectorBytes, rebuild }: FitOptions): Uint8Array {
  const format = driveFormat(drive);
  if (format === null) throw new ConfigDriveError('it is neither an ISO 9660 nor a FAT image');
  switch (format.kind) {
    case 'iso9660':
      return rebuild || sectorBytes > isoBlockBytes ? buildFat(readIso9660(drive), { sectorBytes, label }) : drive;
    case 'fat':
      return sectorBytes > format.sectorBytes ? buildFat(readFat(drive), { sectorBytes, label }) : drive;
  }
}
