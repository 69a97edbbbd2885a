import type { BlockDevice } from '../../core/block-device.ts';
import { type ByteRange, mergeRanges } from './byte-range.ts';

/** What is to be done to one device: its signatures go, and these ranges become zero. */
export interface MetadataErase {
  readonly device: BlockDevice;
  readonly zero: readonly ByteRange[];
}

const mebibyte = 1024 * 1024;
/** 128 entries of 128 bytes, the least that UEFI (2.10, section 5.3.1) lets a GPT have. */
const gptEntriesBytes = 16_384;

/**
 * The order and the places of a metadata erase: the partitions before the disk that they lie on (last name first), because a
 * partition cannot be reached any more once the table is gone.
 */
export function planMetadataErase(disk: BlockDevice, partitions: readonly BlockDevice[]): readonly MetadataErase[] {
  const lastFirst = [...partitions].sort((a, b) => b.path.localeCompare(a.path, 'en', { numeric: true }));
  return [...lastFirst, disk].map((device) => ({ device, zero: metadataRanges(device) }));
}

/**
 * Where tables and superblocks live whose signatures alone are not all there is: the first and last MiB, both GPTs for this
 * sector size, and the places of md superblocks (md(4): 1.0 8 KiB from the end, 0.90 in the last whole 64 KiB block).
 */
export function metadataRanges(device: BlockDevice): readonly ByteRange[] {
  const { sizeBytes, logicalSectorBytes: sectorBytes } = device;
  const entriesBytes = Math.ceil(gptEntriesBytes / sectorBytes) * sectorBytes;
  const version090 = Math.floor(sizeBytes / 65_536) * 65_536 - 65_536;
  const version10 = Math.floor((sizeBytes - 8192) / 4096) * 4096;
  return mergeRanges(
    [
      { start: 0, end: Math.max(mebibyte, 2 * sectorBytes + entriesBytes) },
      { start: sizeBytes - Math.max(mebibyte, sectorBytes + entriesBytes), end: sizeBytes },
      { start: version090, end: version090 + 65_536 },
      { start: version10, end: sizeBytes },
    ],
    { sizeBytes, sectorBytes },
  );
}
