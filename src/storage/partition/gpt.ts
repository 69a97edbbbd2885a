import { crc32 } from 'node:zlib';
import { type GptHeader, hex, parseGptHeader } from './gpt-header.ts';
import { guidBytes, parseGuid } from './guid.ts';
import { PartitionTableError } from './partition-table-error.ts';

/** A GUID partition table, as its primary copy tells it (UEFI specification 2.10, section 5.3). */
export interface Gpt {
  readonly header: GptHeader;
  /** The entries in use, in order. */
  readonly partitions: readonly GptPartition[];
}

export interface GptPartition {
  /** Place in the table, from 1; the kernel names the partition after it. */
  readonly number: number;
  readonly typeGuid: string;
  readonly uniqueGuid: string;
  readonly firstLba: number;
  /** Included. */
  readonly lastLba: number;
  readonly attributes: bigint;
  readonly name: string;
}

/** Gives `length` bytes of the disk from `offset` on. */
export type ReadDisk = (offset: number, length: number) => Promise<Uint8Array>;

/** 36 characters of UTF-16. */
const nameBytes = 72;
const unusedType = '00000000-0000-0000-0000-000000000000';

/** Reads and checks the primary table of a disk; throws PartitionTableError. */
export async function readGpt(read: ReadDisk, sectorBytes: number): Promise<Gpt> {
  const header = parseGptHeader(await read(sectorBytes, sectorBytes), 1);
  const table = await read(header.entriesLba * sectorBytes, header.entryCount * header.entryBytes);
  return { header, partitions: parseGptEntries(header, table) };
}

/** Parses the entry table that belongs to `header`; throws PartitionTableError where its checksum is wrong. */
function parseGptEntries(header: GptHeader, table: Uint8Array): readonly GptPartition[] {
  const actual = crc32(table);
  if (actual !== header.entriesCrc) {
    throw new PartitionTableError(`GPT entries: checksum is ${hex(header.entriesCrc)}, the bytes give ${hex(actual)}`);
  }
  const partitions: GptPartition[] = [];
  for (let number = 1; number <= header.entryCount; number += 1) {
    const at = (number - 1) * header.entryBytes;
    const entry = parseEntry(table.subarray(at, at + header.entryBytes), number);
    if (entry.typeGuid !== unusedType) partitions.push(entry);
  }
  return partitions;
}

function parseEntry(bytes: Uint8Array, number: number): GptPartition {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    number,
    typeGuid: parseGuid(bytes, 0),
    uniqueGuid: parseGuid(bytes, 16),
    firstLba: Number(view.getBigUint64(32, true)),
    lastLba: Number(view.getBigUint64(40, true)),
    attributes: view.getBigUint64(48, true),
    name: new TextDecoder('utf-16le').decode(bytes.slice(56, 128)).replace(/\0.*$/s, ''),
  };
}

/** A copy of an entry table with `partition` in the place that its number says. */
export function withGptEntry(header: GptHeader, table: Uint8Array, partition: GptPartition): Uint8Array {
  const copy = Uint8Array.from(table);
  const at = (partition.number - 1) * header.entryBytes;
  const view = new DataView(copy.buffer, at, header.entryBytes);
  copy.fill(0, at, at + header.entryBytes);
  copy.set(guidBytes(partition.typeGuid), at);
  copy.set(guidBytes(partition.uniqueGuid), at + 16);
  view.setBigUint64(32, BigInt(partition.firstLba), true);
  view.setBigUint64(40, BigInt(partition.lastLba), true);
  view.setBigUint64(48, partition.attributes, true);
  copy.set(Buffer.from(partition.name, 'utf16le').subarray(0, nameBytes), at + 56);
  return copy;
}
