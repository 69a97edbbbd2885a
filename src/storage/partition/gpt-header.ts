import { crc32 } from 'node:zlib';
import { parseGuid } from './guid.ts';
import { PartitionTableError } from './partition-table-error.ts';

/** The header of a GUID partition table (UEFI specification 2.10, section 5.3.2). Addresses are in sectors. */
export interface GptHeader {
  readonly headerBytes: number;
  readonly myLba: number;
  readonly alternateLba: number;
  readonly firstUsableLba: number;
  readonly lastUsableLba: number;
  readonly diskGuid: string;
  readonly entriesLba: number;
  readonly entryCount: number;
  readonly entryBytes: number;
  readonly entriesCrc: number;
}

const magic = 'EFI PART';
const minimumHeaderBytes = 92;
const maximumEntryTableBytes = 1024 * 1024;
const crcOffset = 16;

/** True where a GPT header begins. */
export function isGptHeader(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', 0, 8) === magic;
}

/** Parses one sector; throws PartitionTableError for everything that section 5.3.2 tells software to check. */
export function parseGptHeader(sector: Uint8Array, lba: number): GptHeader {
  const view = new DataView(sector.buffer, sector.byteOffset, sector.byteLength);
  const where = `GPT header at sector ${lba}`;
  if (!isGptHeader(sector)) throw new PartitionTableError(`${where}: not there`);
  const headerBytes = view.getUint32(12, true);
  if (headerBytes < minimumHeaderBytes || headerBytes > sector.byteLength) {
    throw new PartitionTableError(`${where}: says that it has ${headerBytes} bytes, a sector has ${sector.byteLength}`);
  }
  const expected = view.getUint32(crcOffset, true);
  const actual = headerCrc(sector, headerBytes);
  if (actual !== expected) {
    throw new PartitionTableError(`${where}: checksum is ${hex(expected)}, the bytes give ${hex(actual)}`);
  }
  const header: GptHeader = {
    headerBytes,
    myLba: lbaAt(view, 24, where),
    alternateLba: lbaAt(view, 32, where),
    firstUsableLba: lbaAt(view, 40, where),
    lastUsableLba: lbaAt(view, 48, where),
    diskGuid: parseGuid(sector, 56),
    entriesLba: lbaAt(view, 72, where),
    entryCount: view.getUint32(80, true),
    entryBytes: view.getUint32(84, true),
    entriesCrc: view.getUint32(88, true),
  };
  if (header.myLba !== lba) throw new PartitionTableError(`${where}: says that it lies at sector ${header.myLba}`);
  checkEntryTable(header, where);
  return header;
}

function checkEntryTable({ entryBytes, entryCount }: GptHeader, where: string): void {
  if (entryBytes < 128 || entryBytes % 8 !== 0 || entryCount * entryBytes > maximumEntryTableBytes) {
    throw new PartitionTableError(`${where}: ${entryCount} entries of ${entryBytes} bytes are not understood`);
  }
}

/** A copy of a header sector with other values, its checksum made right again. */
export function withHeaderFields(
  sector: Uint8Array,
  fields: Pick<GptHeader, 'myLba' | 'alternateLba' | 'lastUsableLba' | 'entriesLba' | 'entriesCrc'>,
): Uint8Array {
  const copy = Uint8Array.from(sector);
  const view = new DataView(copy.buffer);
  view.setBigUint64(24, BigInt(fields.myLba), true);
  view.setBigUint64(32, BigInt(fields.alternateLba), true);
  view.setBigUint64(48, BigInt(fields.lastUsableLba), true);
  view.setBigUint64(72, BigInt(fields.entriesLba), true);
  view.setUint32(88, fields.entriesCrc, true);
  view.setUint32(crcOffset, headerCrc(copy, view.getUint32(12, true)), true);
  return copy;
}

/** CRC-32 of the header with its own checksum field taken as zero. */
function headerCrc(sector: Uint8Array, headerBytes: number): number {
  const bytes = Uint8Array.from(sector.subarray(0, headerBytes));
  bytes.fill(0, crcOffset, crcOffset + 4);
  return crc32(bytes);
}

/** Reads a sector address; beyond 2^53 no disk exists, so such a value is refused and a number is exact. */
function lbaAt(view: DataView, offset: number, where: string): number {
  const value = view.getBigUint64(offset, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new PartitionTableError(`${where}: address ${value} is impossible`);
  return Number(value);
}

export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
