import { randomUUID } from 'node:crypto';
import { freeRanges, placeAtEnd, type SectorRange } from './free-space.ts';
import { type Gpt, type ReadDisk, withGptEntry } from './gpt.ts';
import { type DiskSize, gptPlaces, gptWrites, readEntryTable } from './gpt-writes.ts';
import { type Mbr, withMbrEntry } from './mbr.ts';
import { extentsOf, type PartitionTable } from './partition-table.ts';
import { PartitionTableError } from './partition-table-error.ts';
import type { TableWrites } from './sector-write.ts';

/** A partition to add at the end of a disk. Sizes in bytes. */
export interface NewPartition {
  readonly table: PartitionTable;
  readonly disk: DiskSize;
  readonly read: ReadDisk;
  /** What it should have; a disk without so much room together gives it less, but never less than `leastBytes`. */
  readonly sizeBytes: number;
  readonly leastBytes: number;
  /** Name and type in a GPT. */
  readonly name: string;
  readonly typeGuid: string;
  /** Type in an MBR. */
  readonly mbrType: number;
}

export interface AddedPartition extends TableWrites {
  readonly number: number;
  /** Bytes from the beginning of the disk. */
  readonly offset: number;
  readonly length: number;
}

const mebibyte = 1024 * 1024;
/** Addresses in an MBR have 32 bits, counted in sectors of 512 bytes by whoever does not look closer. */
const mbrLimitBytes = 2 ** 32 * 512;

/**
 * Plans a partition at the end of the disk, else at the end of the largest free range, beginning at a whole MiB and never
 * within the first one. A backup GPT that is not at the end of the disk is moved there by the same writes. Throws
 * PartitionTableError where there is no place, no entry, or the entries do not lie in the first MiB.
 */
export function planNewPartition(wanted: NewPartition): Promise<AddedPartition> {
  const { table } = wanted;
  return table.kind === 'gpt' ? addToGpt(table.gpt, wanted) : addToMbr(table.mbr, wanted);
}

async function addToGpt(gpt: Gpt, wanted: NewPartition): Promise<AddedPartition> {
  const { disk, read, name, typeGuid } = wanted;
  const { header } = gpt;
  const number = freeNumber(gpt, header.entryCount);
  if (number === null) throw new PartitionTableError(`all ${header.entryCount} entries of the GPT are in use`);
  if (header.entriesLba * disk.sectorBytes + header.entryCount * header.entryBytes > mebibyte) {
    throw new PartitionTableError('the entries of the GPT do not lie in the first MiB of the disk');
  }
  const { firstUsableLba, lastUsableLba } = gptPlaces(gpt, disk);
  const { first, last } = findPlace(wanted, { first: firstUsableLba, last: lastUsableLba });
  const partition = {
    number,
    typeGuid,
    uniqueGuid: randomUUID(),
    firstLba: first,
    lastLba: last,
    attributes: 0n,
    name,
  };
  const entries = withGptEntry(header, await readEntryTable(gpt, read, disk), partition);
  return { number, ...inBytes({ first, last }, disk), ...(await gptWrites(gpt, entries, read, disk)) };
}

async function addToMbr(mbr: Mbr, wanted: NewPartition): Promise<AddedPartition> {
  const { disk, read, mbrType } = wanted;
  const number = freeNumber(mbr, 4);
  if (number === null) throw new PartitionTableError('the MBR has 4 primary partitions already');
  const limitBytes = disk.sizeBytes > mbrLimitBytes ? mbrLimitBytes - mebibyte : disk.sizeBytes;
  const { first, last } = findPlace(wanted, { first: 0, last: Math.floor(limitBytes / disk.sectorBytes) - 1 });
  const partition = { number, type: mbrType, bootable: false, firstLba: first, sectors: last - first + 1 };
  const sector = withMbrEntry(await read(0, disk.sectorBytes), partition);
  return { number, ...inBytes({ first, last }, disk), end: [], start: [{ offset: 0, bytes: sector }] };
}

/** The lowest number that no partition has; null where all are taken. */
function freeNumber({ partitions }: { readonly partitions: readonly { readonly number: number }[] }, count: number) {
  const taken = new Set(partitions.map(({ number }) => number));
  for (let number = 1; number <= count; number += 1) if (!taken.has(number)) return number;
  return null;
}

function findPlace({ table, disk, sizeBytes, leastBytes }: NewPartition, usable: SectorRange): SectorRange {
  const { sectorBytes } = disk;
  const used = extentsOf(table).map(({ firstLba, lastLba }) => ({ first: firstLba, last: lastLba }));
  const first = Math.max(usable.first, mebibyte / sectorBytes);
  const place = placeAtEnd(freeRanges({ first, last: usable.last }, used), usable.last, {
    sectors: Math.ceil(sizeBytes / sectorBytes),
    least: Math.ceil(leastBytes / sectorBytes),
    alignment: mebibyte / sectorBytes,
  });
  if (place) return place;
  throw new PartitionTableError(`no free range of the disk has room for a partition of ${leastBytes} bytes`);
}

function inBytes({ first, last }: SectorRange, { sectorBytes }: DiskSize) {
  return { offset: first * sectorBytes, length: (last - first + 1) * sectorBytes };
}
