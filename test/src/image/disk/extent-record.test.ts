import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { type Extent, ExtentRecord, ExtentRecordError, extentBytes } from '../../../../src/image/disk/extent-record.ts';

const KiB = 1024;
const all = (record: ExtentRecord): Extent[] => Array.from({ length: record.count }, (_, index) => record.at(index));

suite('the record of what was written', () => {
  test('joins pieces that are written one after the other, up to a multiple of 1 MiB', () => {
    const record = new ExtentRecord();
    const bytes = Buffer.alloc(extentBytes + 64 * KiB, 7);
    for (let at = 0; at < bytes.length; at += 64 * KiB) record.record(at, bytes.subarray(at, at + 64 * KiB));
    assert.deepEqual(all(record), [
      { offset: 0, length: extentBytes, crc: crc32(bytes.subarray(0, extentBytes)) },
      { offset: extentBytes, length: 64 * KiB, crc: crc32(bytes.subarray(extentBytes)) },
    ]);
  });

  test('cuts a large piece, also one that begins anywhere', () => {
    const record = new ExtentRecord();
    const bytes = Buffer.alloc(2 * extentBytes, 9);
    record.record(extentBytes - 10, bytes);
    assert.deepEqual(
      all(record).map(({ offset, length }) => [offset, length]),
      [
        [extentBytes - 10, 10],
        [extentBytes, extentBytes],
        [2 * extentBytes, extentBytes - 10],
      ],
    );
  });

  test('joins nothing across a gap, nor data with zeros', () => {
    const record = new ExtentRecord();
    record.record(0, Buffer.alloc(10, 1));
    record.record(11, Buffer.alloc(10, 1));
    record.recordZeros(21, 10);
    record.record(31, Buffer.alloc(10, 1));
    record.recordZeros(42, 10);
    assert.deepEqual(
      all(record).map(({ offset, length }) => [offset, length]),
      [
        [0, 10],
        [11, 10],
        [21, 10],
        [31, 10],
        [42, 10],
      ],
    );
  });

  test('joins zeros, also of more bytes than fit in one entry', () => {
    const record = new ExtentRecord();
    record.recordZeros(0, 5000);
    record.recordZeros(5000, 3 * 2 ** 30);
    record.recordZeros(2 ** 42, 1);
    assert.deepEqual(all(record), [
      { offset: 0, length: 2 ** 30, crc: null },
      { offset: 2 ** 30, length: 2 ** 30, crc: null },
      { offset: 2 * 2 ** 30, length: 2 ** 30, crc: null },
      { offset: 3 * 2 ** 30, length: 5000, crc: null },
      { offset: 2 ** 42, length: 1, crc: null },
    ]);
  });

  test('comes back from a checkpoint as it was, and goes on', () => {
    const pieces = fc.array(
      fc.record({ offset: fc.nat(2 ** 40), bytes: fc.uint8Array({ minLength: 1 }), isZeros: fc.boolean() }),
    );
    fc.assert(
      fc.property(pieces, (given) => {
        const record = new ExtentRecord();
        for (const { offset, bytes, isZeros } of given) {
          if (isZeros) record.recordZeros(offset, bytes.length);
          else record.record(offset, bytes);
        }
        const restored = ExtentRecord.restore(JSON.parse(JSON.stringify(record.serialise())));
        for (const each of [record, restored]) each.record(4096, Buffer.from('more'));
        assert.deepEqual(all(restored), all(record));
      }),
    );
  });

  test('is not made of what is no record', () => {
    for (const stored of [
      null,
      5,
      {},
      'AAAA',
      Buffer.alloc(16).toString('base64'),
      Buffer.alloc(16, 255).toString('base64'),
    ]) {
      assert.throws(() => ExtentRecord.restore(stored), ExtentRecordError, String(stored));
    }
  });

  test('of 64 GiB in pieces of 64 KiB takes at most 16 MiB, in whatever order they come', () => {
    const pieces = 2 ** 20;
    const bytes = Buffer.alloc(16, 1);
    const memory = (fill: (record: ExtentRecord) => void): number => {
      const before = process.memoryUsage().arrayBuffers;
      const record = new ExtentRecord();
      fill(record);
      const after = process.memoryUsage().arrayBuffers;
      assert.ok(record.count > 0);
      return after - before;
    };
    // Every second piece only, backwards: nothing can be joined.
    const scattered = memory((record) => {
      for (let index = pieces - 1; index >= 0; index -= 1) record.record(index * 64 * KiB, bytes);
    });
    assert.ok(scattered <= 16 * 2 ** 20 + 64 * KiB, `${scattered}`);
    assert.throws(() => new ExtentRecord().at(0), RangeError);
  });
});
