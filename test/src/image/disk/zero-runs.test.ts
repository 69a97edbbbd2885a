import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findRuns } from '../../../../src/image/disk/zero-runs.ts';

const page = 4096;

test('runs cover all bytes in order without a gap, and only zeros are called zero', () => {
  const piece = fc.record({ pages: fc.integer({ min: 1, max: 9 }), fill: fc.constantFrom(0, 0, 1, 255) });
  const anyBytes = fc.record({ pieces: fc.array(piece, { maxLength: 12 }), cut: fc.nat(5000), offset: fc.nat(100) });
  fc.assert(
    fc.property(anyBytes, ({ pieces, cut, offset }) => {
      const whole = Buffer.concat(pieces.map(({ pages, fill }) => Buffer.alloc(pages * page, fill)));
      const bytes = whole.subarray(0, Math.max(0, whole.length - cut));
      const runs = findRuns(bytes, offset * 512);
      let at = 0;
      for (const { start, end, isZero } of runs) {
        assert.equal(start, at);
        assert.ok(end > start);
        if (isZero) assert.ok(bytes.subarray(start, end).every((byte) => byte === 0));
        at = end;
      }
      assert.equal(at, bytes.length);
      assert.ok(runs.every(({ isZero }, index) => isZero !== runs[index + 1]?.isZero));
    }),
  );
});

test('a run of four pages of zeros is found, a shorter one is written along, and runs begin at pages of the device', () => {
  const bytes = Buffer.alloc(20 * page, 1)
    .fill(0, 2 * page, 5 * page)
    .fill(0, 8 * page, 12 * page);
  const zeroRuns = (offset: number) => findRuns(bytes, offset).filter(({ isZero }) => isZero);
  assert.deepEqual(zeroRuns(0), [{ start: 8 * page, end: 12 * page, isZero: true }]);
  assert.deepEqual(zeroRuns(512), []);
});

test('one byte in the last place of a page keeps it from being zero', () => {
  const bytes = Buffer.alloc(8 * page);
  bytes[8 * page - 1] = 1;
  assert.deepEqual(findRuns(bytes, 0), [
    { start: 0, end: 7 * page, isZero: true },
    { start: 7 * page, end: 8 * page, isZero: false },
  ]);
});

test('nothing but zeros is one run, however short', () => {
  assert.deepEqual(findRuns(new Uint8Array(new SharedArrayBuffer(512)), 512), [{ start: 0, end: 512, isZero: true }]);
});
