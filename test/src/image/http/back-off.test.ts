import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffMs } from '../../../../src/image/http/back-off.ts';

test('the pause doubles up to the interval', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 60].map((round) => backOffMs(round, 10, 1)),
    [1250, 2500, 5000, 10_000, 10_000, 10_000],
  );
});

test('chance takes at most a quarter of it', () => {
  assert.equal(backOffMs(4, 10, 0), 7500);
  for (let index = 0; index < 100; index += 1) {
    const pause = backOffMs(9, 10);
    assert.ok(pause >= 7500 && pause <= 10_000);
  }
});

test('without an interval there is no pause', () => assert.equal(backOffMs(3, 0), 0));
