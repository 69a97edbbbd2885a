import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { type Extent, ExtentRecord, extentBytes } from '../../../../src/image/disk/extent-record.ts';
import { planVerify, type VerifyPlan } from '../../../../src/image/disk/verify-plan.ts';
import { planWindows } from '../../../../src/image/disk/verify-reads.ts';

const deviceBytes = 6 * extentBytes;
const full = (record: ExtentRecord): VerifyPlan => planVerify(record, 'full', '');

/** A write at any place with any length, in the order of the list. */
const anyWrites = fc.array(
  fc.record({
    offset: fc.nat(deviceBytes - 1),
    length: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 3 * extentBytes })),
    fill: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 12 },
);

interface Written {
  readonly record: ExtentRecord;
  readonly device: Buffer;
  /** 1 where anything was written. */
  readonly touched: Buffer;
}

function write(
  writes: readonly { readonly offset: number; readonly length: number; readonly fill: number }[],
): Written {
  const [record, device, touched] = [new ExtentRecord(), Buffer.alloc(deviceBytes, 0xee), Buffer.alloc(deviceBytes)];
  for (const { offset, length, fill } of writes) {
    const end = Math.min(deviceBytes, offset + length);
    device.fill(fill, offset, end);
    touched.fill(1, offset, end);
    if (fill === 0) record.recordZeros(offset, end - offset);
    else record.record(offset, device.subarray(offset, end));
  }
  return { record, device, touched };
}

function isRight({ offset, length, crc }: Extent, device: Buffer): boolean {
  const bytes = device.subarray(offset, offset + length);
  return crc === null ? bytes.equals(Buffer.alloc(length)) : crc32(bytes) === crc;
}

function countOnes(bytes: Buffer): number {
  let ones = 0;
  for (let index = 0; index < bytes.length; index += 1) ones += bytes[index] ?? 0;
  return ones;
}

suite('the plan of a read-back', () => {
  test('finds a device right that holds what was written last at each place, and accounts for every byte', () => {
    fc.assert(
      fc.property(anyWrites, (writes) => {
        const { record, device, touched } = write(writes);
        const { checks, checkedBytes, uncheckedBytes, extentCount } = full(record);
        let end = 0;
        let sum = 0;
        let count = 0;
        for (const extent of checks) {
          assert.ok(extent.offset >= end && extent.length > 0 && extent.length <= extentBytes);
          end = extent.offset + extent.length;
          sum += extent.length;
          count += 1;
          assert.ok(isRight(extent, device), JSON.stringify(extent));
        }
        assert.deepEqual([sum, count], [checkedBytes, extentCount]);
        assert.equal(checkedBytes + uncheckedBytes, countOnes(touched));
      }),
      { numRuns: 60 },
    );
  });

  test('checks everything where nothing was written twice, and zeros around data that was written over them', () => {
    const record = new ExtentRecord();
    record.recordZeros(0, 4 * extentBytes);
    record.record(extentBytes + 512, Buffer.alloc(512, 1));
    const { checks, uncheckedBytes } = full(record);
    assert.equal(uncheckedBytes, 0);
    assert.deepEqual(
      [...checks].map(({ offset, length, crc }) => [offset, length, crc === null]),
      [
        [0, extentBytes, true],
        [extentBytes, 512, true],
        [extentBytes + 512, 512, false],
        [extentBytes + 1024, extentBytes - 1024, true],
        [2 * extentBytes, extentBytes, true],
        [3 * extentBytes, extentBytes, true],
      ],
    );
  });

  test('owns up to what is left of an extent that was written over in part', () => {
    const record = new ExtentRecord();
    record.record(0, Buffer.alloc(extentBytes, 1));
    record.record(4096, Buffer.alloc(4096, 2));
    const { checks, uncheckedBytes } = full(record);
    assert.deepEqual([[...checks].length, uncheckedBytes], [1, extentBytes - 4096]);
  });

  test('of a sample takes 1 %, at least 64 extents, evenly, with the first and the last, and the same for the same seed', () => {
    const record = new ExtentRecord();
    const extents = 20_000;
    for (let index = 0; index < extents; index += 1) record.record(index * extentBytes, Buffer.from([index]));
    const sampled = (seed: string): number[] =>
      [...planVerify(record, 'sample', seed).checks].map(({ offset }) => offset / extentBytes);
    const sample = sampled('job');
    assert.equal(sample.length, 200);
    assert.deepEqual([sample[0], sample.at(-1)], [0, extents - 1]);
    for (const [share, index] of sample.entries()) assert.ok(index >= share * 100 && index < share * 100 + 100);
    assert.deepEqual(sampled('job'), sample);
    assert.notDeepEqual(sampled('another job'), sample);
    const { checkedBytes, extentCount } = planVerify(record, 'sample', 'job');
    assert.deepEqual([checkedBytes, extentCount], [200, extents]);
  });

  test('of a small image takes all as a sample', () => {
    const record = new ExtentRecord();
    for (let index = 0; index < 64; index += 1) record.record(index * extentBytes, Buffer.from([index]));
    assert.equal([...planVerify(record, 'sample', 's').checks].length, 64);
    record.record(64 * extentBytes, Buffer.from([1]));
    assert.equal([...planVerify(record, 'sample', 's').checks].length, 64);
    assert.equal([...full(record).checks].length, 65);
  });

  test('has nothing to do where nothing was written', () => {
    assert.deepEqual([...full(new ExtentRecord()).checks], []);
    assert.deepEqual([...planVerify(new ExtentRecord(), 'sample', 's').checks], []);
  });
});

suite('the windows of a read-back', () => {
  test('are whole sectors that fit into a block, and hold each extent once', () => {
    fc.assert(
      fc.property(anyWrites, fc.constantFrom(512, 4096), (writes, sectorBytes) => {
        const { checks } = full(write(writes).record);
        const seen: Extent[] = [];
        for (const { offset, length, extents } of planWindows(checks, sectorBytes, 2 * extentBytes)) {
          assert.deepEqual([offset % sectorBytes, length % sectorBytes], [0, 0]);
          assert.ok(length <= 2 * extentBytes);
          for (const extent of extents) {
            assert.ok(extent.offset >= offset && extent.offset + extent.length <= offset + length);
          }
          seen.push(...extents);
        }
        assert.deepEqual(seen, [...checks]);
      }),
      { numRuns: 60 },
    );
  });

  test('join neighbours to as few reads as there can be', () => {
    const record = new ExtentRecord();
    record.record(0, Buffer.alloc(10 * extentBytes, 1));
    const windows = [...planWindows(full(record).checks, 512, 4 * extentBytes)];
    assert.deepEqual(
      windows.map(({ length }) => length / extentBytes),
      [4, 4, 2],
    );
  });
});
