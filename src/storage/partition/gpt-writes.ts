import { crc32 } from 'node:zlib';
import type { Gpt, ReadDisk } from './gpt.ts';
import { withHeaderFields } from './gpt-header.ts';
import { withProtectiveSize } from './mbr.ts';
import { PartitionTableError } from './partition-table-error.ts';
import type { TableWrites } from './sector-write.ts';

/** Size of a disk, and of its logical sectors. */
export interface DiskSize {
  readonly sizeBytes: number;
  readonly sectorBytes: number;
}

/** Where a GPT belongs on a disk (UEFI specification 2.10, section 5.3.2): its backup in the last sectors. In sectors. */
export interface GptPlaces {
  readonly lastLba: number;
  readonly backupEntriesLba: number;
  readonly firstUsableLba: number;
  readonly lastUsableLba: number;
}

/** Throws PartitionTableError where a partition lies on what the backup needs. */
export function gptPlaces({ header, partitions }: Gpt, { sizeBytes, sectorBytes }: DiskSize): GptPlaces {
  const lastLba = Math.floor(sizeBytes / sectorBytes) - 1;
  const backupEntriesLba = lastLba - Math.ceil((header.entryCount * header.entryBytes) / sectorBytes);
  const lastUsableLba = backupEntriesLba - 1;
  const beyond = partitions.find((partition) => partition.lastLba > lastUsableLba);
  if (beyond) throw new PartitionTableError(`partition ${beyond.number} leaves no room for the backup GPT`);
  return { lastLba, backupEntriesLba, firstUsableLba: header.firstUsableLba, lastUsableLba };
}

/** The entry table of the primary GPT as it is, without the rest of its last sector. */
export function readEntryTable({ header }: Gpt, read: ReadDisk, { sectorBytes }: DiskSize): Promise<Uint8Array> {
  return read(header.entriesLba * sectorBytes, header.entryCount * header.entryBytes);
}

/** Both copies of a GPT with the entries of `table`, the backup at the end of the disk; the rest stays as it is. */
export async function gptWrites(gpt: Gpt, table: Uint8Array, read: ReadDisk, disk: DiskSize): Promise<TableWrites> {
  const { header } = gpt;
  const { sectorBytes } = disk;
  const { lastLba, backupEntriesLba, lastUsableLba } = gptPlaces(gpt, disk);
  const first = await read(0, sectorBytes);
  const primary = await read(sectorBytes, sectorBytes);
  const entries = new Uint8Array(Math.ceil(table.length / sectorBytes) * sectorBytes);
  entries.set(table);
  const shared = { lastUsableLba, entriesCrc: crc32(table) };
  const backupHeader = { ...shared, myLba: lastLba, alternateLba: 1, entriesLba: backupEntriesLba };
  const primaryHeader = { ...shared, myLba: 1, alternateLba: lastLba, entriesLba: header.entriesLba };
  return {
    end: [
      { offset: backupEntriesLba * sectorBytes, bytes: entries },
      { offset: lastLba * sectorBytes, bytes: withHeaderFields(primary, backupHeader) },
    ],
    start: [
      { offset: 0, bytes: withProtectiveSize(first, lastLba + 1) },
      { offset: sectorBytes, bytes: withHeaderFields(primary, primaryHeader) },
      ...(shared.entriesCrc === header.entriesCrc ? [] : [{ offset: header.entriesLba * sectorBytes, bytes: table }]),
    ],
  };
}
