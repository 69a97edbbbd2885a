import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sortOrder } from '../../../../src/image/qcow2/sort-order.ts';

test('the order is that of a stable sort, for all whole numbers', () => {
  const keys = fc.array(fc.oneof(fc.maxSafeNat(), fc.nat({ max: 70_000 }), fc.constantFrom(0, 65_536, 2 ** 32)));
  fc.assert(
    fc.property(keys, (values) => {
      const expected = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
      assert.deepEqual([...sortOrder(Float64Array.from(values))], expected);
    }),
    { numRuns: 500 },
  );
});
