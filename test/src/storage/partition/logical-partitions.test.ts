import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { readLogicalPartitions } from '../../../../src/storage/partition/logical-partitions.ts';
import { parseMbr } from '../../../../src/storage/partition/mbr.ts';
import { PartitionTableError } from '../../../../src/storage/partition/partition-table-error.ts';

type Entry = readonly [type: number, first: number, sectors: number];

function bootRecord(entries: readonly Entry[]): Buffer {
  const record = Buffer.alloc(512);
  for (const [index, [type, first, sectors]] of entries.entries()) {
    record.writeUInt8(type, 446 + index * 16 + 4);
    record.writeUInt32LE(first, 446 + index * 16 + 8);
    record.writeUInt32LE(sectors, 446 + index * 16 + 12);
  }
  record.writeUInt16LE(0xaa55, 510);
  return record;
}

/** Reads the logical partitions of an extended one of sectors 100 to 999, given its records by their sector. */
function logical(records: Readonly<Record<number, readonly Entry[]>>, type = 5) {
  const mbr = parseMbr(bootRecord([[type, 100, 900]]));
  assert.ok(mbr);
  const read = async (offset: number) => {
    assert.ok(offset < 1000 * 512, 'reads within the extended partition only');
    return bootRecord(records[offset / 512] ?? []);
  };
  return readLogicalPartitions(mbr, read, 512);
}

it('follows the chain of records, whatever the type of the extended partition', async () => {
  const records = {
    100: [
      [0x83, 1, 10],
      [5, 50, 20],
    ],
    150: [
      [0x82, 2, 10],
      [5, 70, 20],
    ],
    170: [[0x83, 1, 5]],
  } as const;
  for (const type of [5, 0x0f, 0x85]) {
    assert.deepEqual(await logical(records, type), [
      { number: 5, firstLba: 101, lastLba: 110 },
      { number: 6, firstLba: 152, lastLba: 161 },
      { number: 7, firstLba: 171, lastLba: 175 },
    ]);
  }
});

it('finds none in a disk without an extended partition, or in an empty one', async () => {
  assert.deepEqual(await logical({}, 0x83), []);
  assert.deepEqual(await logical({}), []);
});

it('refuses a chain that has no end or leads elsewhere', async () => {
  await assert.rejects(
    logical({
      100: [
        [0x83, 1, 10],
        [5, 0, 20],
      ],
    }),
    /more than 128 logical partitions/,
  );
  await assert.rejects(logical({ 100: [[5, 900, 20]] }), /lead out of the extended one/);
  await assert.rejects(logical({ 100: [[0x83, 1, 1000]] }), /logical partition 5 .* is impossible/);
});

it('gives partitions within the extended one, or refuses, whatever is written there', async () => {
  const entry = fc.tuple(fc.constantFrom(0, 5, 0x83), fc.nat(1100), fc.nat(1100));
  const records = fc.dictionary(fc.integer({ min: 100, max: 110 }).map(String), fc.array(entry, { maxLength: 4 }));
  await fc.assert(
    fc.asyncProperty(records, async (given) => {
      try {
        for (const { firstLba, lastLba } of await logical({ 100: [[5, 3, 1]], ...given })) {
          assert.ok(firstLba >= 100 && firstLba <= lastLba && lastLba < 1000);
        }
      } catch (error) {
        assert.ok(error instanceof PartitionTableError, String(error));
      }
    }),
  );
});
