import { planBackupMove, type SectorWrite } from '../../storage/partition/move-backup.ts';
import { type PartitionTable, readPartitionTable } from '../../storage/partition/partition-table.ts';
import { PartitionTableError } from '../../storage/partition/partition-table-error.ts';
import type { Block } from '../stream/block-pool.ts';
import { type HeldBack, headBytes, wholeSectors, writeBody } from '../stream-to-disk.ts';
import { type DiskTarget, flush, readAt, writeAt } from './disk-target.ts';

/** The first 4 KiB hold the boot sector on any disk, and are small enough for a disk to write them whole or not at all. */
const bootBytes = 4096;

export interface Finish {
  readonly target: DiskTarget;
  readonly held: HeldBack;
  /** Any block that holds nothing any more. */
  readonly spare: Block;
  readonly signal: AbortSignal;
}

/** What the image turned out to be. */
export interface FinishedDisk {
  readonly table: PartitionTable;
  /** True where the backup GPT was moved to the end of a larger disk. */
  readonly backupMoved: boolean;
}

/**
 * Puts on the disk what was held back, once the digest is known to be right: the tail, then the backup GPT at the end of the
 * disk, and only after a flush the first MiB, of that the first 4 KiB once all else is safe. Throws PartitionTableError,
 * with the head not written, where the table is bad, DeviceReadError or DeviceWriteError where the disk is.
 */
export async function finishDisk({ target, held, spare, signal }: Finish): Promise<FinishedDisk> {
  for (const piece of held.tail) await writeBody(target, piece);
  await flush(target);

  const head = wholeSectors(held.head, target.sectorBytes).subarray(0, headBytes);
  const read = (offset: number, length: number) => readBehindHead(target, head, offset, length);
  const table = await readPartitionTable(read, target);
  const move = table.kind === 'gpt' ? await planBackupMove(table.gpt, read, target) : null;
  for (const write of move?.end ?? []) await writeSectors(target, spare, write);
  if (move) await flush(target);
  for (const { offset, bytes } of move?.start ?? []) head.set(bytes, offset);

  signal.throwIfAborted();
  await writeAt(target, head.subarray(bootBytes), bootBytes);
  await flush(target);
  await writeAt(target, head.subarray(0, bootBytes), 0);
  await flush(target);
  return { table, backupMoved: move !== null };
}

/** Reads the disk as it will be: its first bytes are still in memory. */
async function readBehindHead(
  target: DiskTarget,
  head: Uint8Array,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  if (offset + length <= head.length) return head.subarray(offset, offset + length);
  if (offset + length > target.sizeBytes) {
    const place = `bytes ${offset} to ${offset + length}`;
    throw new PartitionTableError(`a part of it is said to lie beyond the disk: ${place} of ${target.sizeBytes}`);
  }
  const bytes = await readAt(target, offset, length);
  if (offset < head.length) bytes.set(head.subarray(offset));
  return bytes;
}

/** O_DIRECT takes only aligned memory, so the sectors go through a block. */
async function writeSectors(target: DiskTarget, spare: Block, { offset, bytes }: SectorWrite): Promise<void> {
  spare.bytes.set(bytes);
  await writeAt(target, spare.bytes.subarray(0, bytes.length), offset);
}
