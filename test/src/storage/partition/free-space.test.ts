import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { freeRanges, placeAtEnd } from '../../../../src/storage/partition/free-space.ts';

const range = fc.tuple(fc.nat(120), fc.nat(40)).map(([first, length]) => ({ first, last: first + length }));

it('gives exactly the sectors that nothing uses, whatever overlaps', () => {
  fc.assert(
    fc.property(range, fc.array(range, { maxLength: 6 }), (usable, used) => {
      const isIn = (sector: number) => (one: { readonly first: number; readonly last: number }) =>
        one.first <= sector && sector <= one.last;
      const free = freeRanges(usable, used);
      for (let sector = 0; sector <= 200; sector += 1) {
        const expected = isIn(sector)(usable) && !used.some(isIn(sector));
        assert.equal(free.filter(isIn(sector)).length, expected ? 1 : 0, `sector ${sector}`);
      }
    }),
    { numRuns: 2000 },
  );
});

it('takes the end of the disk where there is room enough, else the end of the largest range', () => {
  const free = [
    { first: 3, last: 50 },
    { first: 90, last: 99 },
  ];
  assert.deepEqual(placeAtEnd(free, 99, { sectors: 8, least: 1, alignment: 4 }), { first: 92, last: 99 });
  assert.deepEqual(placeAtEnd(free, 99, { sectors: 9, least: 1, alignment: 4 }), { first: 40, last: 50 });
  assert.deepEqual(placeAtEnd(free, 99, { sectors: 60, least: 40, alignment: 4 }), { first: 4, last: 50 });
  assert.equal(placeAtEnd(free, 99, { sectors: 60, least: 48, alignment: 4 }), null);
  assert.equal(placeAtEnd([], 99, { sectors: 1, least: 1, alignment: 1 }), null);
});
