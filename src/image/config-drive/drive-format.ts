import { parseFatGeometry } from '../../storage/partition/fat-geometry.ts';

/** What a config drive may be: an ISO 9660 image (ECMA-119) or a FAT file system; neither with a partition table. */
export type DriveFormat =
  | { readonly kind: 'iso9660' }
  | { readonly kind: 'fat' /** Of the file system, not of the disk. */; readonly sectorBytes: number };

/** ECMA-119, 8.1: the first volume descriptor lies at sector 16, its standard identifier at its second byte. */
const isoMagicOffset = 16 * 2048 + 1;
const isoMagic = 'CD001';

/** Tells the format by what is written in it; null for anything else. */
export function driveFormat(bytes: Uint8Array): DriveFormat | null {
  if (latin1(bytes, isoMagicOffset, isoMagic.length) === isoMagic) return { kind: 'iso9660' };
  const fat = parseFatGeometry(bytes);
  return fat && fat.totalSectors * fat.sectorBytes <= bytes.length
    ? { kind: 'fat', sectorBytes: fat.sectorBytes }
    : null;
}

function latin1(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', offset, offset + length);
}
