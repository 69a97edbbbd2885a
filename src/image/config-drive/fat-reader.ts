import { type FatGeometry, fatEntryBytes, parseFatGeometry } from '../../storage/partition/fat-geometry.ts';
import { ConfigDriveError } from './config-drive-error.ts';
import { addNode, type DriveDirectory, type DriveNode, TreeBudget } from './drive-tree.ts';
import { attributes, shortNameSum, unitOffset, unitsPerEntry } from './fat-directory.ts';

interface Volume {
  readonly image: Buffer;
  readonly geometry: FatGeometry;
  readonly budget: TreeBudget;
}

/** Bits that say that a short name is shown in lower case: its base, its extension. */
const lowerBase = 0x08;
const lowerExtension = 0x10;

/**
 * Reads all of a FAT file system (Microsoft FAT specification 1.03) without mounting it; the files are copies. Throws
 * ConfigDriveError for everything that contradicts itself or leads out of the image.
 */
export function readFat(bytes: Uint8Array): DriveDirectory {
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const geometry = parseFatGeometry(image);
  if (!geometry || geometry.totalSectors * geometry.sectorBytes > image.length) throw damaged();
  const volume = { image, geometry, budget: new TreeBudget() };
  const { fatBits, rootStart, dataStart, rootCluster, sectorBytes } = geometry;
  const root =
    fatBits === 32
      ? readChain(rootCluster, null, volume)
      : image.subarray(rootStart * sectorBytes, dataStart * sectorBytes);
  return readDirectory(root, volume, 0);
}

function readDirectory(table: Buffer, volume: Volume, depth: number): DriveDirectory {
  volume.budget.enter(depth);
  volume.budget.addBytes(table.length);
  const entries = new Map<string, DriveNode>();
  let long: Buffer[] = [];
  for (let at = 0; at + fatEntryBytes <= table.length && table[at] !== 0; at += fatEntryBytes) {
    const entry = table.subarray(at, at + fatEntryBytes);
    const attribute = entry.readUInt8(11);
    if (entry[0] === 0xe5) {
      long = [];
    } else if (attribute === attributes.longName) {
      long.unshift(entry);
    } else {
      const isListed = (attribute & attributes.volumeLabel) === 0 && entry[0] !== 0x2e;
      if (isListed) addNode(entries, longName(long, entry) ?? shortName(entry), readNode(entry, volume, depth));
      long = [];
    }
  }
  return { kind: 'directory', entries };
}

function readNode(entry: Buffer, volume: Volume, depth: number): DriveNode {
  const high = volume.geometry.fatBits === 32 ? entry.readUInt16LE(20) : 0;
  const cluster = high * 0x10000 + entry.readUInt16LE(26);
  const isDirectory = (entry.readUInt8(11) & attributes.directory) !== 0;
  const sizeBytes = isDirectory ? 0 : entry.readUInt32LE(28);
  volume.budget.addNode();
  volume.budget.addBytes(sizeBytes);
  if (isDirectory) return readDirectory(readChain(cluster, null, volume), volume, depth + 1);
  return { kind: 'file', bytes: sizeBytes === 0 ? new Uint8Array() : readChain(cluster, sizeBytes, volume) };
}

/** The clusters from `first` on, as many as `sizeBytes` needs; all of them where that is null. */
function readChain(first: number, sizeBytes: number | null, { image, geometry }: Volume): Buffer {
  const { sectorBytes, sectorsPerCluster, dataStart, clusterCount, fatBits } = geometry;
  const clusterBytes = sectorBytes * sectorsPerCluster;
  const wanted = sizeBytes === null ? clusterCount : Math.ceil(sizeBytes / clusterBytes);
  const endOfChain = 2 ** Math.min(fatBits, 28) - 8;
  const pieces: Buffer[] = [];
  let cluster = first;
  while (pieces.length < wanted && cluster < endOfChain) {
    if (cluster < 2 || cluster >= clusterCount + 2) throw damaged();
    const start = dataStart * sectorBytes + (cluster - 2) * clusterBytes;
    pieces.push(image.subarray(start, start + clusterBytes));
    cluster = nextCluster(cluster, image, geometry);
  }
  // A directory that would have all clusters has a loop in its chain.
  const isComplete = sizeBytes === null ? cluster >= endOfChain : pieces.length === wanted;
  if (!isComplete) throw damaged();
  return Buffer.concat(pieces).subarray(0, sizeBytes ?? undefined);
}

function nextCluster(cluster: number, image: Buffer, { fatBits, fatStart, sectorBytes, sectorsPerFat }: FatGeometry) {
  const at = Math.floor((cluster * fatBits) / 8);
  if (at + fatBits / 8 > sectorsPerFat * sectorBytes) throw damaged();
  const place = fatStart * sectorBytes + at;
  if (fatBits === 32) return image.readUInt32LE(place) & 0x0fffffff;
  const value = image.readUInt16LE(place);
  if (fatBits === 16) return value;
  return cluster % 2 === 0 ? value & 0xfff : value >> 4;
}

/** The name in the long entries before a short one, first piece first; null where they do not belong to it. */
function longName(pieces: readonly Buffer[], entry: Buffer): string | null {
  const sum = shortNameSum(entry.toString('latin1', 0, 11));
  const isWhole = pieces.every((piece, index) => {
    const isLast = index === pieces.length - 1;
    return piece[0] === index + 1 + (isLast ? 0x40 : 0) && piece[13] === sum;
  });
  if (pieces.length === 0 || !isWhole) return null;
  const units = pieces.flatMap((piece) =>
    Array.from({ length: unitsPerEntry }, (_, unit) => piece.readUInt16LE(unitOffset(unit))),
  );
  const end = units.indexOf(0);
  return String.fromCharCode(...(end < 0 ? units : units.slice(0, end)));
}

function shortName(entry: Buffer): string {
  const bits = entry.readUInt8(12);
  const part = (from: number, to: number, isLower: boolean): string => {
    const text = entry.toString('latin1', from, to).trimEnd();
    return isLower ? text.toLowerCase() : text;
  };
  const base = part(0, 8, (bits & lowerBase) !== 0);
  const extension = part(8, 11, (bits & lowerExtension) !== 0);
  return extension === '' ? base : `${base}.${extension}`;
}

function damaged(): ConfigDriveError {
  return new ConfigDriveError('its FAT image is damaged');
}
