import type { Gpt, ReadDisk } from './gpt.ts';
import { withAddresses } from './gpt-header.ts';
import { withProtectiveSize } from './mbr.ts';
import { PartitionTableError } from './partition-table-error.ts';

/** Sectors to write at `offset` bytes. */
export interface SectorWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * The backup table belongs into the last sectors of the disk (UEFI specification 2.10, section 5.3.2); an image written to a
 * larger disk brings it somewhere in the middle. `end` is written first (entries and header of the new backup), then
 * `start` (first sector and primary header), which makes the new backup valid.
 */
export interface BackupMove {
  readonly end: readonly SectorWrite[];
  readonly start: readonly SectorWrite[];
}

/** Plans the move; null where the backup is at the end already. Throws PartitionTableError where it has no room. */
export async function planBackupMove(
  gpt: Gpt,
  read: ReadDisk,
  disk: { readonly sizeBytes: number; readonly sectorBytes: number },
): Promise<BackupMove | null> {
  const { sectorBytes } = disk;
  const { header } = gpt;
  const diskSectors = Math.floor(disk.sizeBytes / sectorBytes);
  const lastLba = diskSectors - 1;
  if (header.alternateLba === lastLba) return null;

  const tableBytes = header.entryCount * header.entryBytes;
  const tableSectors = Math.ceil(tableBytes / sectorBytes);
  const backupEntriesLba = lastLba - tableSectors;
  const table = new Uint8Array(tableSectors * sectorBytes);
  table.set(await read(header.entriesLba * sectorBytes, tableBytes));
  const primary = await read(sectorBytes, sectorBytes);
  const first = await read(0, sectorBytes);
  const lastUsableLba = backupEntriesLba - 1;
  const beyond = gpt.partitions.find(({ lastLba: end }) => end > lastUsableLba);
  if (beyond) throw new PartitionTableError(`partition ${beyond.number} leaves no room for the backup GPT`);

  const backupHeader = { myLba: lastLba, alternateLba: 1, lastUsableLba, entriesLba: backupEntriesLba };
  const primaryHeader = { myLba: 1, alternateLba: lastLba, lastUsableLba, entriesLba: header.entriesLba };
  return {
    end: [
      { offset: backupEntriesLba * sectorBytes, bytes: table },
      { offset: lastLba * sectorBytes, bytes: withAddresses(primary, backupHeader) },
    ],
    start: [
      { offset: 0, bytes: withProtectiveSize(first, diskSectors) },
      { offset: sectorBytes, bytes: withAddresses(primary, primaryHeader) },
    ],
  };
}
