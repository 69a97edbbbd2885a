import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { type ConfigDrivePlacement, planConfigDrivePartition } from '../../src/image/config-drive/place-drive.ts';
import { readGpt } from '../../src/storage/partition/gpt.ts';
import { parseGptHeader } from '../../src/storage/partition/gpt-header.ts';
import { readPartitionTable } from '../../src/storage/partition/partition-table.ts';
import { gptHead, mbrHead, SparseDisk, type TestPartition } from './sparse-disk.ts';

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const TiB = MiB * MiB;

export interface DiskOptions {
  readonly kind?: 'gpt' | 'mbr';
  readonly sizeBytes: number;
  readonly sectorBytes?: number;
  /** Default: that of the disk. */
  readonly imageBytes?: number;
  readonly partitions: readonly TestPartition[];
}

export function makeDisk({
  kind = 'gpt',
  sizeBytes,
  sectorBytes = 512,
  imageBytes = sizeBytes,
  partitions,
}: DiskOptions) {
  const disk = new SparseDisk({ sizeBytes, sectorBytes });
  const isGpt = kind === 'gpt';
  const head = isGpt ? gptHead(partitions, sectorBytes, imageBytes / sectorBytes) : mbrHead(partitions, sectorBytes);
  disk.write({ offset: 0, bytes: head });
  return disk;
}

export async function plan(disk: SparseDisk, bytes = 400 * KiB): Promise<ConfigDrivePlacement> {
  const table = await readPartitionTable(disk.read, disk);
  return planConfigDrivePartition({ table, disk, read: disk.read, bytes });
}

export function apply(disk: SparseDisk, { end, start }: ConfigDrivePlacement): void {
  for (const write of [...end, ...start]) disk.write(write);
  for (const { offset, bytes } of start) assert.ok(offset + bytes.length <= MiB, 'the start lies in the first MiB');
}

/** Both copies are there, whole, and say the same. */
export async function checkGpt(disk: SparseDisk) {
  const { sectorBytes } = disk;
  const lastLba = Math.floor(disk.sizeBytes / sectorBytes) - 1;
  const { header, partitions } = await readGpt(disk.read, sectorBytes);
  const backup = parseGptHeader(await disk.read(lastLba * sectorBytes, sectorBytes), lastLba);
  const table = await disk.read(backup.entriesLba * sectorBytes, backup.entryCount * backup.entryBytes);
  assert.equal(crc32(table), backup.entriesCrc);
  const places = { myLba: 0, alternateLba: 0, entriesLba: 0 };
  assert.deepEqual({ ...header, ...places }, { ...backup, ...places });
  assert.equal(header.alternateLba, lastLba);
  assert.equal(backup.alternateLba, 1);
  return { header, partitions };
}

/** The new partition is where a partition may be, and large enough. */
export function checkPlace(
  disk: SparseDisk,
  partitions: readonly TestPartition[],
  placement: ConfigDrivePlacement,
  bytes: number,
) {
  const { offset, length } = placement;
  assert.equal(offset % MiB, 0);
  assert.ok(offset >= MiB && length >= bytes && offset + length <= disk.sizeBytes);
  assert.ok(length < 65 * MiB);
  for (const { first, last, number } of partitions) {
    const isApart = (last + 1) * disk.sectorBytes <= offset || first * disk.sectorBytes >= offset + length;
    assert.ok(isApart, `overlaps partition ${number}`);
  }
}

/** Largest room, from a whole MiB on, between the partitions; counted in another way than the code does. */
export function largestRoom(disk: SparseDisk, partitions: readonly TestPartition[], last: number): number {
  const starts = [MiB / disk.sectorBytes, ...partitions.map((partition) => partition.last + 1)];
  const rooms = starts.map((from) => {
    const aligned = Math.ceil((from * disk.sectorBytes) / MiB) * MiB;
    const inside = partitions.some(
      (p) => p.first * disk.sectorBytes <= aligned && aligned < (p.last + 1) * disk.sectorBytes,
    );
    const next = Math.min(
      last + 1,
      ...partitions.map((p) => p.first).filter((first) => first * disk.sectorBytes >= aligned),
    );
    return inside ? 0 : next * disk.sectorBytes - aligned;
  });
  return Math.max(0, ...rooms);
}

export const sectors = fc.constantFrom(512, 4096);
export const driveBytes = fc.integer({ min: 1, max: 64 * MiB });

/** Partitions in order that do not overlap, with gaps of any size between them. */
export const partitionsOf = (sectorBytes: number, most: number) => {
  const size = fc.oneof(
    fc.integer({ min: 1, max: (200 * MiB) / sectorBytes }),
    fc.integer({ min: 1, max: 5000 }),
    fc.integer({ min: 1, max: TiB / sectorBytes }),
  );
  const gap = fc.oneof(fc.constant(0), size);
  return fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: most }), gap, size), {
      minLength: 1,
      maxLength: 6,
      selector: ([number]) => number,
    })
    .map((list) => {
      let next = MiB / 2 / sectorBytes;
      return list.map(([number, before, length]): TestPartition => {
        const first = next + before;
        next = first + length;
        return { number, first, last: next - 1 };
      });
    });
};

export function inSectors({ offset, length }: ConfigDrivePlacement, sectorBytes: number) {
  return [offset / sectorBytes, length / sectorBytes];
}
