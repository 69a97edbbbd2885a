import { addNode, type DriveDirectory, type DriveNode, TreeBudget } from './drive-tree.ts';
import { damaged, type IsoRecord, parseRecord } from './iso9660-record.ts';
import { findSusp, type ReadBlocks, rockRidgeName } from './rock-ridge.ts';

const sectorBytes = 2048;
const firstDescriptor = 16;
const mostDescriptors = 64;
/** ECMA-119, 8: types of volume descriptors. */
const primaryType = 1;
const supplementaryType = 2;
const terminatorType = 255;
const rootRecordOffset = 156;
const publisherOffset = 318;
const publisherBytes = 128;
/** Escape sequences of UCS-2 level 1 to 3 (Joliet specification, table 1). */
const jolietEscapes = ['%/@', '%/C', '%/E'];

/** The bytes of an image: an array of them, or a device that is read where it is asked for. */
export interface ImageBytes {
  readonly length: number;
  subarray(start: number, end: number): Uint8Array;
}

interface Volume {
  readonly read: ReadBlocks;
  readonly blockBytes: number;
  readonly budget: TreeBudget;
  nameOf(record: IsoRecord): string;
  isWanted(path: string): boolean;
}

/**
 * Reads an ISO 9660 image (ECMA-119) without mounting it, all of it or what `isWanted` says by its path (`etc/fstab`; a directory
 * that is not wanted is not entered): names by Rock Ridge, else by Joliet, else the bare ones in
 * lower case, as Linux shows them. The files are views of `image`. Throws ConfigDriveError for everything that contradicts
 * itself, leads out of the image, or is neither file nor directory.
 */
export function readIso9660(image: ImageBytes, isWanted: (path: string) => boolean = () => true): DriveDirectory {
  const descriptors = volumeDescriptors(image);
  const primary = descriptors.find(([type]) => type === primaryType);
  if (!primary) throw damaged();
  const joliet = descriptors.find((descriptor) => descriptor[0] === supplementaryType && isJoliet(descriptor));
  const skip = suspOf(primary, image);
  const descriptor = skip === null ? (joliet ?? primary) : primary;
  const { read, blockBytes } = blocksOf(descriptor, image);
  const plainName = descriptor === joliet ? jolietName : isoName;
  const nameOf = (record: IsoRecord): string =>
    (skip === null ? null : rockRidgeName(record.systemUse.subarray(skip), read)) ?? plainName(record.name);
  const volume = { read, blockBytes, budget: new TreeBudget(), nameOf, isWanted };
  return readDirectory(rootRecord(descriptor), volume, '', 0);
}

function volumeDescriptors(image: ImageBytes): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let number = 0; number < mostDescriptors; number += 1) {
    const at = (firstDescriptor + number) * sectorBytes;
    const bytes = image.subarray(at, at + sectorBytes);
    if (bytes.length < sectorBytes || Buffer.from(bytes.subarray(1, 6)).toString('latin1') !== 'CD001') throw damaged();
    if (bytes[0] === terminatorType) return found;
    found.push(bytes);
  }
  throw damaged();
}

function isJoliet(descriptor: Uint8Array): boolean {
  return jolietEscapes.includes(Buffer.from(descriptor.subarray(88, 91)).toString('latin1'));
}

function rootRecord(descriptor: Uint8Array): IsoRecord {
  return parseRecord(descriptor.subarray(rootRecordOffset, rootRecordOffset + 34));
}

/** What the root directory says of itself in its first record. */
function suspOf(primary: Uint8Array, image: ImageBytes): number | null {
  const { read, blockBytes } = blocksOf(primary, image);
  return findSusp(parseRecord(read(rootRecord(primary).extent, 0, blockBytes)).systemUse);
}

function blocksOf(descriptor: Uint8Array, image: ImageBytes) {
  const view = new DataView(descriptor.buffer, descriptor.byteOffset, descriptor.byteLength);
  const blockBytes = view.getUint16(128, true);
  if (![512, 1024, 2048].includes(blockBytes) || view.getUint16(130, false) !== blockBytes) throw damaged();
  const read: ReadBlocks = (block, offset, length) => {
    const start = block * blockBytes + offset;
    if (start + length > image.length) throw damaged();
    return image.subarray(start, start + length);
  };
  return { read, blockBytes };
}

function readDirectory(record: IsoRecord, volume: Volume, path: string, depth: number): DriveDirectory {
  volume.budget.enter(depth);
  const { blockBytes } = volume;
  const entries = new Map<string, DriveNode>();
  for (let start = 0; start < record.sizeBytes; start += blockBytes) {
    const length = Math.min(blockBytes, record.sizeBytes - start);
    const block = volume.read(record.extent, start, length);
    // A record never reaches into the next block (6.8.1.1); a length of 0 says that no other follows in this one.
    for (let at = 0; at < block.length && block[at] !== 0; at += block[at] ?? 0) {
      const child = parseRecord(block.subarray(at));
      if (isSelfOrParent(child)) continue;
      volume.budget.addNode();
      const name = volume.nameOf(child);
      const childPath = path === '' ? name : `${path}/${name}`;
      if (volume.isWanted(childPath)) addNode(entries, name, readNode(child, volume, childPath, depth));
    }
  }
  return { kind: 'directory', entries };
}

function readNode(record: IsoRecord, volume: Volume, path: string, depth: number): DriveNode {
  volume.budget.addBytes(record.sizeBytes);
  if (record.isDirectory) return readDirectory(record, volume, path, depth + 1);
  return {
    kind: 'file',
    bytes: record.sizeBytes === 0 ? new Uint8Array() : volume.read(record.extent, 0, record.sizeBytes),
  };
}

function isSelfOrParent({ name }: IsoRecord): boolean {
  return name.length === 1 && (name[0] ?? 2) <= 1;
}

/** Without version and the dot of an empty extension. */
function isoName(name: Uint8Array): string {
  return Buffer.from(name).toString('latin1').replace(/;\d+$/, '').replace(/\.$/, '').toLowerCase();
}

function jolietName(name: Uint8Array): string {
  return new TextDecoder('utf-16be').decode(name).replace(/;\d+$/, '');
}

/** Who published the image, as its primary descriptor says (ECMA-119, 8.4.20), without the spaces at the end. */
export function isoPublisher(image: ImageBytes): string {
  const at = firstDescriptor * sectorBytes + publisherOffset;
  return Buffer.from(image.subarray(at, at + publisherBytes))
    .toString('latin1')
    .trim();
}
