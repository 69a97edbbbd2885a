import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ConfigDrivePlacement } from '../../../../src/image/config-drive/place-drive.ts';
import { parseMbr } from '../../../../src/storage/partition/mbr.ts';
import { PartitionTableError } from '../../../../src/storage/partition/partition-table-error.ts';
import {
  apply,
  checkPlace,
  driveBytes,
  inSectors,
  largestRoom,
  MiB,
  makeDisk,
  partitionsOf,
  plan,
  sectors,
  TiB,
} from '../../../support/placed-drive.ts';

describe('a new config drive partition on an MBR', () => {
  it('is aligned, overlaps nothing, fits below 2 TiB, and leaves all else as it is', async () => {
    const outcomes = { placed: 0, refused: 0 };
    const given = sectors.chain((sectorBytes) =>
      fc.record({
        sectorBytes: fc.constant(sectorBytes),
        partitions: partitionsOf(sectorBytes, 4),
        tail: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: (3 * TiB) / sectorBytes })),
        bytes: driveBytes,
      }),
    );
    await fc.assert(
      fc.asyncProperty(given, async ({ sectorBytes, partitions, tail, bytes }) => {
        const end = Math.max(...partitions.map(({ last }) => last)) + 1;
        fc.pre(end < 2 ** 32);
        const disk = makeDisk({ kind: 'mbr', sizeBytes: (end + tail) * sectorBytes, sectorBytes, partitions });
        const limit = disk.sizeBytes > 2 * TiB ? 2 * TiB - MiB : disk.sizeBytes;
        const room = largestRoom(disk, partitions, limit / sectorBytes - 1);
        const before = await disk.read(0, sectorBytes);
        let placement: ConfigDrivePlacement;
        try {
          placement = await plan(disk, bytes);
        } catch (error) {
          assert.ok(error instanceof PartitionTableError, String(error));
          assert.ok(room < bytes || partitions.length === 4, `${error.message}, yet there are ${room} bytes`);
          outcomes.refused += 1;
          return;
        }
        outcomes.placed += 1;
        checkPlace(disk, partitions, placement, bytes);
        assert.ok(placement.offset + placement.length <= limit);
        apply(disk, placement);
        const after = await disk.read(0, sectorBytes);
        const entry = 446 + (placement.number - 1) * 16;
        const added = parseMbr(after)?.partitions.find(({ number }) => number === placement.number);
        assert.deepEqual([added?.firstLba, added?.sectors], inSectors(placement, sectorBytes));
        assert.deepEqual([added?.type, added?.bootable], [0x0c, false]);
        assert.ok(before.subarray(entry, entry + 16).every((byte) => byte === 0));
        assert.deepEqual(Buffer.from(after).fill(0, entry, entry + 16), Buffer.from(before));
      }),
      { numRuns: 1500 },
    );
    assert.ok(outcomes.placed > 100 && outcomes.refused > 100, JSON.stringify(outcomes));
  });

  it('lies just below 2 TiB on a larger disk', async () => {
    const partitions = [{ number: 1, first: 2048, last: 8191 }];
    for (const sectorBytes of [512, 4096]) {
      const { offset, length } = await plan(makeDisk({ kind: 'mbr', sizeBytes: 3 * TiB, sectorBytes, partitions }));
      assert.deepEqual([offset, length], [(2_097_152 - 65) * MiB, 64 * MiB]);
    }
  });

  it('is refused beside four primary partitions', async () => {
    const partitions = [1, 2, 3, 4].map((number) => ({ number, first: number * 2048, last: number * 2048 + 9 }));
    await assert.rejects(
      plan(makeDisk({ kind: 'mbr', sizeBytes: 1024 * MiB, partitions })),
      /4 primary partitions already/,
    );
  });
});
