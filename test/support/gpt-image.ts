import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface ImageOptions {
  readonly sizeBytes: number;
  /** Default: 512. */
  readonly sectorBytes?: number;
  /** Random bytes instead of zeros between the tables. Default: true. */
  readonly random?: boolean;
}

const linuxType = Buffer.from('af3dc60f838472478e793d69d8477de4', 'hex');
const entryCount = 128;
const entryBytes = 128;

/** A disk image with a GPT of one partition, built straight from the UEFI specification and not with the code under test. */
export function gptImage({ sizeBytes, sectorBytes = 512, random = true }: ImageOptions): Buffer {
  const image = random ? randomBytes(sizeBytes) : Buffer.alloc(sizeBytes);
  const sectors = sizeBytes / sectorBytes;
  const tableSectors = (entryCount * entryBytes) / sectorBytes;
  const firstUsable = 2 + tableSectors;
  const lastUsable = sectors - 2 - tableSectors;

  const table = Buffer.alloc(entryCount * entryBytes);
  linuxType.copy(table, 0);
  randomBytes(16).copy(table, 16);
  table.writeBigUInt64LE(BigInt(firstUsable), 32);
  table.writeBigUInt64LE(BigInt(lastUsable), 40);
  table.write('root', 56, 'utf16le');

  const diskGuid = randomBytes(16);
  const header = (myLba: number, alternateLba: number, entriesLba: number) => {
    const sector = Buffer.alloc(sectorBytes);
    sector.write('EFI PART', 0, 'latin1');
    sector.writeUInt32LE(0x00010000, 8);
    sector.writeUInt32LE(92, 12);
    sector.writeBigUInt64LE(BigInt(myLba), 24);
    sector.writeBigUInt64LE(BigInt(alternateLba), 32);
    sector.writeBigUInt64LE(BigInt(firstUsable), 40);
    sector.writeBigUInt64LE(BigInt(lastUsable), 48);
    diskGuid.copy(sector, 56);
    sector.writeBigUInt64LE(BigInt(entriesLba), 72);
    sector.writeUInt32LE(entryCount, 80);
    sector.writeUInt32LE(entryBytes, 84);
    sector.writeUInt32LE(crc32(table), 88);
    sector.writeUInt32LE(crc32(sector.subarray(0, 92)), 16);
    return sector;
  };

  protectiveMbr(sectors, sectorBytes).copy(image, 0);
  header(1, sectors - 1, 2).copy(image, sectorBytes);
  table.copy(image, 2 * sectorBytes);
  table.copy(image, (sectors - 1 - tableSectors) * sectorBytes);
  header(sectors - 1, 1, sectors - 1 - tableSectors).copy(image, (sectors - 1) * sectorBytes);
  return image;
}

function protectiveMbr(sectors: number, sectorBytes: number): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  Buffer.from([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff]).copy(sector, 446);
  sector.writeUInt32LE(1, 454);
  sector.writeUInt32LE(sectors - 1, 458);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

/** A disk image with an MBR of one Linux partition that begins at 1 MiB. */
export function mbrImage({ sizeBytes, sectorBytes = 512 }: ImageOptions, diskSignature = 0x1234abcd): Buffer {
  const image = randomBytes(sizeBytes);
  image.fill(0, 0, 512);
  image.writeUInt32LE(diskSignature, 440);
  Buffer.from([0x80, 0, 0, 0, 0x83, 0, 0, 0]).copy(image, 446);
  const firstLba = (1024 * 1024) / sectorBytes;
  image.writeUInt32LE(firstLba, 454);
  image.writeUInt32LE(sizeBytes / sectorBytes - firstLba, 458);
  image.writeUInt16LE(0xaa55, 510);
  return image;
}
