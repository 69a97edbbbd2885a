import type { Gpt, ReadDisk } from './gpt.ts';
import { type DiskSize, gptPlaces, gptWrites, readEntryTable } from './gpt-writes.ts';
import type { TableWrites } from './sector-write.ts';

/**
 * The backup table belongs into the last sectors of the disk (UEFI specification 2.10, section 5.3.2); an image written to a
 * larger disk brings it somewhere in the middle. `end` has entries and header of the new backup, `start` the first sector and
 * the primary header, which makes the new backup valid. Null where the backup is at the end already. Throws
 * PartitionTableError where it has no room.
 */
export async function planBackupMove(gpt: Gpt, read: ReadDisk, disk: DiskSize): Promise<TableWrites | null> {
  if (gpt.header.alternateLba === gptPlaces(gpt, disk).lastLba) return null;
  return gptWrites(gpt, await readEntryTable(gpt, read, disk), read, disk);
}
