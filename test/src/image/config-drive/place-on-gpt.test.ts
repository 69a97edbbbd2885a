import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ConfigDrivePlacement, planConfigDrivePartition } from '../../../../src/image/config-drive/place-drive.ts';
import { readGpt } from '../../../../src/storage/partition/gpt.ts';
import { readPartitionTable } from '../../../../src/storage/partition/partition-table.ts';
import { PartitionTableError } from '../../../../src/storage/partition/partition-table-error.ts';
import {
  apply,
  checkGpt,
  checkPlace,
  driveBytes,
  inSectors,
  KiB,
  largestRoom,
  MiB,
  makeDisk,
  partitionsOf,
  plan,
  sectors,
  TiB,
} from '../../../support/placed-drive.ts';
import { SparseDisk } from '../../../support/sparse-disk.ts';

describe('a new config drive partition on a GPT', () => {
  it('is aligned, overlaps nothing, fits, and leaves all else as it is, whatever is on the disk', async () => {
    const outcomes = { placed: 0, refused: 0 };
    const given = sectors.chain((sectorBytes) =>
      fc.record({
        sectorBytes: fc.constant(sectorBytes),
        partitions: partitionsOf(sectorBytes, 128),
        tail: fc.oneof(fc.integer({ min: 40, max: 3000 }), fc.integer({ min: 40, max: TiB / sectorBytes })),
        moved: fc.boolean(),
        bytes: driveBytes,
      }),
    );
    await fc.assert(
      fc.asyncProperty(given, async ({ sectorBytes, partitions, tail, moved, bytes }) => {
        const end = Math.max(...partitions.map(({ last }) => last)) + 1;
        const sizeBytes = (end + tail) * sectorBytes;
        const imageBytes = moved ? (end + 35) * sectorBytes : sizeBytes;
        const disk = makeDisk({ sizeBytes, sectorBytes, imageBytes, partitions });
        const before = await readGpt(disk.read, sectorBytes);
        const room = largestRoom(disk, partitions, end + tail - 2 - (16 * KiB) / sectorBytes);
        let placement: ConfigDrivePlacement;
        try {
          placement = await plan(disk, bytes);
        } catch (error) {
          assert.ok(error instanceof PartitionTableError, String(error));
          assert.ok(room < bytes, `${error.message}, yet there are ${room} bytes`);
          outcomes.refused += 1;
          return;
        }
        outcomes.placed += 1;
        checkPlace(disk, partitions, placement, bytes);
        apply(disk, placement);
        const { header, partitions: after } = await checkGpt(disk);
        const isNew = ({ number }: { readonly number: number }) => number === placement.number;
        assert.deepEqual(
          after.filter((partition) => !isNew(partition)),
          before.partitions,
        );
        const added = after.find(isNew);
        assert.ok(added && !before.partitions.some(isNew));
        assert.equal(added.name, 'config-2');
        assert.equal(added.attributes, 0n);
        assert.equal(added.typeGuid, '0fc63daf-8483-4772-8e79-3d69d8477de4');
        assert.ok(added.firstLba >= header.firstUsableLba && added.lastLba <= header.lastUsableLba);
        assert.deepEqual([added.firstLba, added.lastLba - added.firstLba + 1], inSectors(placement, sectorBytes));
        assert.equal(header.diskGuid, before.header.diskGuid);
        await readPartitionTable(disk.read, disk);
      }),
      { numRuns: 1500 },
    );
    assert.ok(outcomes.placed > 100 && outcomes.refused > 100, JSON.stringify(outcomes));
  });

  it('takes the last 64 MiB, and the lowest free number', async () => {
    const partitions = [
      { number: 1, first: 2048, last: 4095 },
      { number: 3, first: 4096, last: 8191 },
    ];
    const placement = await plan(makeDisk({ sizeBytes: 1024 * MiB, imageBytes: 10 * MiB, partitions }), 64 * MiB);
    assert.equal(placement.kind, 'new');
    assert.equal(placement.number, 2);
    assert.equal(placement.offset, 959 * MiB);
    assert.equal(placement.offset + placement.length, 1024 * MiB - 33 * 512);
  });

  it('takes the end of the largest gap where the end of the disk is taken', async () => {
    const partitions = [
      { number: 1, first: 2048, last: 4095 },
      { number: 2, first: (500 * MiB) / 512, last: (1023 * MiB) / 512 },
    ];
    const placement = await plan(makeDisk({ sizeBytes: 1024 * MiB, partitions }));
    assert.deepEqual([placement.offset, placement.length], [436 * MiB, 64 * MiB]);
  });

  it('is refused where no entry is free, or the entries are not in the first MiB', async () => {
    const full = Array.from({ length: 128 }, (_, index) => ({
      number: index + 1,
      first: 2048 + index,
      last: 2048 + index,
    }));
    await assert.rejects(
      plan(makeDisk({ sizeBytes: 1024 * MiB, partitions: full })),
      /all 128 entries of the GPT are in use/,
    );
    const table = await readPartitionTable(makeDisk({ sizeBytes: 1024 * MiB, partitions: full.slice(1) }).read, {
      sizeBytes: 1024 * MiB,
      sectorBytes: 512,
    });
    assert.ok(table.kind === 'gpt');
    const disk = new SparseDisk({ sizeBytes: 1024 * MiB, sectorBytes: 512 });
    const far = { ...table, gpt: { ...table.gpt, header: { ...table.gpt.header, entriesLba: 2040 } } };
    await assert.rejects(
      planConfigDrivePartition({ table: far, disk, read: disk.read, bytes: 1 }),
      /not lie in the first MiB/,
    );
  });
});
