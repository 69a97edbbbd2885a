import { randomBytes } from 'node:crypto';
import { ConfigDriveError } from './config-drive-error.ts';
import { maximumDriveBytes } from './decode-drive.ts';
import type { DriveDirectory } from './drive-tree.ts';
import { entriesOf, fatEntryBytes, labelEntry, writeEntries } from './fat-directory.ts';

export interface FatOptions {
  /** Of the disk: a FAT file system cannot be mounted where its sectors are smaller. */
  readonly sectorBytes: number;
  /** At most 11 characters. */
  readonly label: string;
}

const clusterBytes = 4096;
const reservedSectors = 1;
const fats = 2;
const mediaDescriptor = 0xf8;
/** What cloud-init or an operator may want to add. */
const spareClusters = 64;
/** Below it is FAT12, from it on FAT16 (Microsoft FAT specification 1.03, 3.5); some count otherwise, so keep away from it. */
const firstFat16 = 4085;
const margin = 16;

/** Numbers of 12 or 16 bits each, from the first on. */
type FatBits = 12 | 16;

/**
 * Builds a FAT file system with the files of a tree, in memory: its content touches neither a file nor a program. Every name
 * is stored as a long one. Throws ConfigDriveError for names that FAT cannot hold, and where it would become too large.
 */
export function buildFat(root: DriveDirectory, { sectorBytes, label }: FatOptions): Uint8Array {
  const clusters = countClusters(root) - 1 + spareClusters;
  const isNear = Math.abs(clusters - firstFat16) <= margin;
  const clusterCount = isNear ? firstFat16 + margin : clusters;
  const bits: FatBits = clusterCount < firstFat16 ? 12 : 16;
  const sectorsPerFat = Math.ceil(((clusterCount + 2) * bits) / 8 / sectorBytes);
  const rootBytes = roundUp(
    Math.max(clusterBytes, (entriesOf(root) + 1) * fatEntryBytes),
    Math.max(sectorBytes, clusterBytes),
  );
  const rootStart = (reservedSectors + fats * sectorsPerFat) * sectorBytes;
  const dataStart = rootStart + rootBytes;
  const sizeBytes = dataStart + clusterCount * clusterBytes;
  if (rootBytes / fatEntryBytes > 0xffff) throw new ConfigDriveError('its topmost directory is too large for FAT');
  if (sizeBytes > maximumDriveBytes) {
    throw new ConfigDriveError(`as a FAT file system it would have more than ${maximumDriveBytes} bytes`);
  }
  const image = new Uint8Array(sizeBytes);
  const geometry = { sectorBytes, sectorsPerFat, rootEntries: rootBytes / fatEntryBytes, sizeBytes, bits };
  image.set(bootSector(geometry, label), 0);

  const fat = new Uint8Array(sectorsPerFat * sectorBytes);
  setFat(fat, bits, 0, 0xff00 | mediaDescriptor);
  setFat(fat, bits, 1, 0xffff);
  let next = 2;
  const take = (bytes: number) => {
    const first = next;
    next += Math.ceil(bytes / clusterBytes);
    for (let cluster = first; cluster < next; cluster += 1) {
      setFat(fat, bits, cluster, cluster + 1 < next ? cluster + 1 : 0xffff);
    }
    const start = dataStart + (first - 2) * clusterBytes;
    return { cluster: first, bytes: image.subarray(start, start + bytes) };
  };
  image.set(labelEntry(label), rootStart);
  writeEntries(root, image.subarray(rootStart + fatEntryBytes, dataStart), 0, take);
  for (let copy = 0; copy < fats; copy += 1) image.set(fat, (reservedSectors + copy * sectorsPerFat) * sectorBytes);
  return image;
}

/** Clusters for the directories and files of a tree, the topmost directory included. */
function countClusters(directory: DriveDirectory): number {
  let count = Math.ceil(((entriesOf(directory) + 2) * fatEntryBytes) / clusterBytes);
  for (const node of directory.entries.values()) {
    count += node.kind === 'directory' ? countClusters(node) : Math.ceil(node.bytes.length / clusterBytes);
  }
  return count;
}

interface BootFields {
  readonly sectorBytes: number;
  readonly sectorsPerFat: number;
  readonly rootEntries: number;
  readonly sizeBytes: number;
  readonly bits: FatBits;
}

/** Sections 3.1 and 3.2. */
function bootSector(
  { sectorBytes, sectorsPerFat, rootEntries, sizeBytes, bits }: BootFields,
  label: string,
): Uint8Array {
  const sector = Buffer.alloc(512);
  const totalSectors = sizeBytes / sectorBytes;
  sector.set([0xeb, 0x3c, 0x90]);
  sector.write('ironhand', 3, 'latin1');
  sector.writeUInt16LE(sectorBytes, 11);
  sector.writeUInt8(clusterBytes / sectorBytes, 13);
  sector.writeUInt16LE(reservedSectors, 14);
  sector.writeUInt8(fats, 16);
  sector.writeUInt16LE(rootEntries, 17);
  sector.writeUInt16LE(totalSectors < 0x10000 ? totalSectors : 0, 19);
  sector.writeUInt8(mediaDescriptor, 21);
  sector.writeUInt16LE(sectorsPerFat, 22);
  // Sectors per track and heads: nobody reads them, but 0 offends some.
  sector.writeUInt16LE(32, 24);
  sector.writeUInt16LE(2, 26);
  sector.writeUInt32LE(totalSectors < 0x10000 ? 0 : totalSectors, 32);
  sector.writeUInt8(0x80, 36);
  sector.writeUInt8(0x29, 38);
  randomBytes(4).copy(sector, 39);
  sector.write(label.padEnd(11), 43, 'latin1');
  sector.write(`FAT${bits}   `, 54, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

/** Section 4: an entry of 12 bits shares a byte with its neighbour. */
function setFat(fat: Uint8Array, bits: FatBits, cluster: number, value: number): void {
  const at = Math.floor((cluster * bits) / 8);
  const shift = (cluster * bits) % 8;
  const view = new DataView(fat.buffer, fat.byteOffset, fat.byteLength);
  const mask = ((1 << bits) - 1) << shift;
  const wide = view.getUint8(at) | (view.getUint8(at + 1) << 8);
  const changed = (wide & ~mask) | ((value << shift) & mask);
  view.setUint16(at, changed & 0xffff, true);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
