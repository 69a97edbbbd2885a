import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { findSamplePlaces, usualSample } from '../../../../../src/storage/erase/verify/sample-places.ts';

const MiB = 1024 * 1024;

test('places are whole sectors inside of the device, ascending, apart, both ends among them, two in each section', () => {
  const sectors = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 2 ** 35 }));
  const plans = fc.record({
    endBytes: fc.constantFrom(4096, 65_536, MiB),
    sections: fc.integer({ min: 1, max: 60 }),
    placeBytes: fc.constantFrom(512, 4096, 8192),
  });
  /** Also the ends of what may be drawn. */
  const draws = fc.constantFrom<((below: number) => number)[]>(
    randomInt,
    () => 0,
    (below) => below - 1,
  );
  fc.assert(
    fc.property(sectors, fc.constantFrom(512, 4096), plans, draws, (count, sectorBytes, plan, random) => {
      const sizeBytes = count * sectorBytes;
      const places = findSamplePlaces(sizeBytes, sectorBytes, random, plan);
      let last = 0;
      for (const { start, end } of places) {
        assert.ok(start >= last && end > start && end <= sizeBytes);
        assert.ok(start % sectorBytes === 0 && end % sectorBytes === 0);
        last = end;
      }
      assert.equal(places[0]?.start, 0);
      assert.equal(places.at(-1)?.end, sizeBytes);
      if (places.length === 1) return;
      const head = Math.ceil(plan.endBytes / sectorBytes) * sectorBytes;
      assert.equal(places[0]?.end, head);
      assert.equal(places.at(-1)?.start, sizeBytes - head);
      const drawn = places.slice(1, -1);
      const sections = drawn.length / 2;
      assert.ok(
        sections === plan.sections ||
          sizeBytes - 2 * head < 2 * (sections + 1) * Math.max(plan.placeBytes, sectorBytes),
      );
      const middle = count - (2 * head) / sectorBytes;
      for (const [index, { start, end }] of drawn.entries()) {
        const section = Math.floor(index / 2);
        const from = head + Math.floor((section * middle) / sections) * sectorBytes;
        const to = head + Math.floor(((section + 1) * middle) / sections) * sectorBytes;
        assert.ok(start >= from && end <= to);
        assert.equal(end - start, Math.max(plan.placeBytes, sectorBytes));
      }
    }),
    { numRuns: 500 },
  );
});

test('a large disk has 1000 sections with two places of 8 KiB each, beside its first and last MiB', () => {
  const places = findSamplePlaces(4e12 - (4e12 % 4096), 4096, randomInt);
  assert.equal(places.length, 2 * usualSample.sections + 2);
  assert.equal(
    places.reduce((sum, { start, end }) => sum + end - start, 0),
    2 * MiB + 2000 * 8192,
  );
});

test('of a disk that is hardly larger than a sample everything is read', () => {
  assert.deepEqual(findSamplePlaces(2 * MiB, 512, randomInt), [{ start: 0, end: 2 * MiB }]);
  assert.deepEqual(findSamplePlaces(512, 512, randomInt), [{ start: 0, end: 512 }]);
});

test('each part of a section is drawn about as often as any other', () => {
  const sizeBytes = 2 * MiB + 64 * 8192;
  const hits = new Array<number>(64).fill(0);
  for (let run = 0; run < 4000; run += 1) {
    const plan = { endBytes: MiB, sections: 1, placeBytes: 8192 };
    for (const { start } of findSamplePlaces(sizeBytes, 8192, randomInt, plan).slice(1, -1)) {
      hits[(start - MiB) / 8192] = (hits[(start - MiB) / 8192] ?? 0) + 1;
    }
  }
  assert.ok(Math.min(...hits) > 60 && Math.max(...hits) < 220, hits.join());
});
