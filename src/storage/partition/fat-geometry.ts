/** Where things are in a FAT file system (Microsoft FAT specification 1.03, sections 3 and 4). Places are in its own sectors. */
export interface FatGeometry {
  readonly sectorBytes: number;
  readonly sectorsPerCluster: number;
  readonly totalSectors: number;
  readonly fatBits: 12 | 16 | 32;
  readonly fatStart: number;
  readonly sectorsPerFat: number;
  /** First sector and entries of the root directory of FAT12 and FAT16; 0 entries for FAT32, whose root is a cluster chain. */
  readonly rootStart: number;
  readonly rootEntries: number;
  /** First cluster of the root directory of FAT32, else 0. */
  readonly rootCluster: number;
  /** Sector of cluster 2, the first there is. */
  readonly dataStart: number;
  readonly clusterCount: number;
  /** Label in the boot sector, without trailing blanks; the root directory may say otherwise. */
  readonly label: string;
}

/** Of a directory entry (section 6). */
export const fatEntryBytes = 32;

/** Parses a boot sector; null where the bytes are none. */
export function parseFatGeometry(bytes: Uint8Array): FatGeometry | null {
  if (bytes.length < 512) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 512);
  const sectorBytes = view.getUint16(11, true);
  const sectorsPerCluster = view.getUint8(13);
  const fatStart = view.getUint16(14, true);
  const fats = view.getUint8(16);
  const rootEntries = view.getUint16(17, true);
  const totalSectors = view.getUint16(19, true) || view.getUint32(32, true);
  const sectorsPerFat = view.getUint16(22, true) || view.getUint32(36, true);
  const isBootSector = view.getUint16(510, true) === 0xaa55 && [0xeb, 0xe9].includes(view.getUint8(0));
  const isSane =
    [512, 1024, 2048, 4096].includes(sectorBytes) &&
    isPowerOfTwo(sectorsPerCluster) &&
    fatStart > 0 &&
    (fats === 1 || fats === 2) &&
    sectorsPerFat > 0 &&
    view.getUint8(21) >= 0xf0;
  if (!isBootSector || !isSane) return null;

  const rootStart = fatStart + fats * sectorsPerFat;
  const dataStart = rootStart + Math.ceil((rootEntries * fatEntryBytes) / sectorBytes);
  const clusterCount = Math.floor((totalSectors - dataStart) / sectorsPerCluster);
  if (clusterCount < 1) return null;
  // Section 3.5 goes by the number of clusters alone; mkfs.vfat can make smaller ones of 32 bits, which Linux knows by this field.
  const fatBits = view.getUint16(22, true) === 0 ? 32 : clusterCount < 4085 ? 12 : 16;
  if ((fatBits === 32) !== (rootEntries === 0)) return null;
  const rootCluster = fatBits === 32 ? view.getUint32(44, true) : 0;
  const label = Buffer.from(bytes.buffer, bytes.byteOffset + (fatBits === 32 ? 71 : 43), 11)
    .toString('latin1')
    .trimEnd();
  return {
    sectorBytes,
    sectorsPerCluster,
    totalSectors,
    fatBits,
    fatStart,
    sectorsPerFat,
    rootStart,
    rootEntries,
    rootCluster,
    dataStart,
    clusterCount,
    label,
  };
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
