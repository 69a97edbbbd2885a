import { type FatGeometry, fatEntryBytes, parseFatGeometry } from './fat-geometry.ts';
import type { ReadDisk } from './gpt.ts';

/** As far as the labels below reach. */
const headBytes = 34 * 1024;
/** A root directory has its label at its beginning, if anywhere. */
const rootBytes = 16 * 1024;
const labelAttribute = 0x08;
const longNameAttribute = 0x0f;

/**
 * The label of the file system that begins at `offset`, by which a booted system would find it: ISO 9660, FAT, ext2 to ext4
 * and XFS; null where there is none. Read by ourselves, since the partition is not known to the kernel yet.
 */
export async function readVolumeLabel(read: ReadDisk, offset: number, length: number): Promise<string | null> {
  const bytes = await read(offset, Math.min(length, headBytes));
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fat = parseFatGeometry(head);
  const label =
    isoLabel(head) ?? extLabel(head) ?? xfsLabel(head) ?? (fat && (await fatLabel(fat, read, offset, length)));
  return label?.replace(/[\0 ]+$/, '') || null;
}

/** ECMA-119, 8.4.7: the volume identifier of the primary volume descriptor. */
function isoLabel(head: Buffer): string | null {
  const at = 16 * 2048;
  return head.toString('latin1', at, at + 6) === '\x01CD001' ? head.toString('latin1', at + 40, at + 72) : null;
}

/** Documentation/filesystems/ext4/super.rst of the Linux kernel: s_magic and s_volume_name. */
function extLabel(head: Buffer): string | null {
  const isExt = head.length >= 2048 && head.readUInt16LE(1024 + 56) === 0xef53;
  return isExt ? head.toString('latin1', 1024 + 120, 1024 + 136) : null;
}

/** XFS Algorithms and Data Structures: sb_magicnum and sb_fname. */
function xfsLabel(head: Buffer): string | null {
  return head.toString('latin1', 0, 4) === 'XFSB' ? head.toString('latin1', 108, 120) : null;
}

/** The entry of the root directory counts before the boot sector, as for libblkid. */
async function fatLabel(fat: FatGeometry, read: ReadDisk, offset: number, length: number): Promise<string> {
  const { sectorBytes, rootStart, dataStart, rootCluster, sectorsPerCluster, fatBits } = fat;
  const sector = fatBits === 32 ? dataStart + (rootCluster - 2) * sectorsPerCluster : rootStart;
  const sectors = fatBits === 32 ? sectorsPerCluster : dataStart - rootStart;
  const at = sector * sectorBytes;
  const size = Math.min(sectors * sectorBytes, rootBytes, length - at);
  if (at < 0 || size < fatEntryBytes) return fat.label;
  const bytes = await read(offset + at, size);
  const root = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let entry = 0; entry + fatEntryBytes <= root.length && root[entry] !== 0; entry += fatEntryBytes) {
    const attributes = root.readUInt8(entry + 11);
    const isLabel = (attributes & labelAttribute) !== 0 && attributes !== longNameAttribute && root[entry] !== 0xe5;
    if (isLabel) return root.toString('latin1', entry, entry + 11);
  }
  return fat.label;
}
