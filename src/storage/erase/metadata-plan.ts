import type { BlockDevice } from '../../core/block-device.ts';
import { type ByteRange, mergeRanges } from '../device-io/byte-range.ts';

/** What is to be done to one device: its signatures go, and these ranges become zero. */
export interface MetadataErase {
  readonly device: BlockDevice;
  readonly zero: readonly ByteRange[];
}

const mebibyte = 1024 * 1024;

/**
 * The order and the places of a metadata erase: the partitions before the disk that they lie on (last name first), because a
 * partition cannot be reached any more once the table is gone.
 */
export function planMetadataErase(disk: BlockDevice, partitions: readonly BlockDevice[]): readonly MetadataErase[] {
  const lastFirst = [...partitions].sort((a, b) => b.path.localeCompare(a.path, 'en', { numeric: true }));
  return [...lastFirst, disk].map((device) => ({ device, zero: metadataRanges(device) }));
}

/**
 * The first and the last MiB: there lie the tables and superblocks of which more than a signature must go, whatever the sector
 * size. MBR, both GPTs (UEFI 2.10, section 5.3), and md superblocks (md(4): 1.1 and 1.2 within 8 KiB of the start, 1.0 within
 * 12 KiB and 0.90 within 128 KiB of the end).
 */
export function metadataRanges(device: BlockDevice): readonly ByteRange[] {
  const { sizeBytes, logicalSectorBytes: sectorBytes } = device;
  return mergeRanges(
    [
      { start: 0, end: mebibyte },
      { start: sizeBytes - mebibyte, end: sizeBytes },
    ],
    { sizeBytes, sectorBytes },
  );
}
