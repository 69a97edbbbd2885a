import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeRanges } from '../../../../src/storage/device-io/byte-range.ts';

const device = fc.record({ sectors: fc.integer({ min: 1, max: 200 }), sectorBytes: fc.constantFrom(1, 4, 16) });
const range = fc.tuple(fc.integer({ min: -50, max: 4000 }), fc.nat(500)).map(([start, length]) => ({
  start,
  end: start + length,
}));

test('the result covers what was asked, in whole sectors, in order, apart, and within the device', () => {
  fc.assert(
    fc.property(fc.array(range), device, (ranges, { sectors, sectorBytes }) => {
      const sizeBytes = sectors * sectorBytes;
      const merged = mergeRanges(ranges, { sizeBytes, sectorBytes });
      let last = -1;
      for (const { start, end } of merged) {
        assert.ok(start > last && end > start && end <= sizeBytes);
        assert.ok(start % sectorBytes === 0 && end % sectorBytes === 0);
        last = end;
      }
      for (let byte = 0; byte < sizeBytes; byte += 1) {
        const asked = ranges.some(({ start, end }) => byte >= start && byte < end);
        if (asked)
          assert.ok(
            merged.some(({ start, end }) => byte >= start && byte < end),
            `byte ${byte}`,
          );
      }
    }),
    { numRuns: 200 },
  );
});

test('bytes in sectors that nobody asked for are left out', () => {
  const merged = mergeRanges([{ start: 5, end: 6 }], { sizeBytes: 64, sectorBytes: 16 });
  assert.deepEqual(merged, [{ start: 0, end: 16 }]);
});
