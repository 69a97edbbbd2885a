import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { workInOrder } from '../../../../../src/storage/erase/overwrite/in-order.ts';

const items = Array.from({ length: 40 }, (_, index) => index);
const pause = (item: number): Promise<unknown> => sleep(((item * 7) % 5) * 2);

test('ends are told in order, never more than the bound is under way, and no slot is used twice at a time', async () => {
  const settled: number[] = [];
  const inUse = new Set<number>();
  let most = 0;
  await workInOrder<number, number>({
    items,
    most: 4,
    signal: new AbortController().signal,
    async start(item, slot) {
      assert.ok(!inUse.has(slot) && slot < 4);
      inUse.add(slot);
      most = Math.max(most, inUse.size);
      await pause(item);
      return slot;
    },
    settle(item, slot) {
      inUse.delete(slot);
      settled.push(item);
    },
  });
  assert.deepEqual(settled, items);
  assert.equal(most, 4);
});

test('an abort begins no more, settles what is under way and throws the reason', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const begun: number[] = [];
  const settled: number[] = [];
  const work = workInOrder<number, void>({
    items,
    most: 3,
    signal: stop.signal,
    async start(item) {
      begun.push(item);
      await pause(item);
    },
    settle(item) {
      settled.push(item);
      if (item === 10) stop.abort(reason);
    },
  });
  await assert.rejects(work, reason);
  assert.deepEqual(settled, begun);
  assert.ok(begun.length <= 14);
});

test('after a failure nothing behind it is settled, and nothing is under way any more', async () => {
  const settled: number[] = [];
  let underWay = 0;
  const work = workInOrder<number, void>({
    items,
    most: 4,
    signal: new AbortController().signal,
    async start(item) {
      underWay += 1;
      await sleep(item === 6 ? 1 : 10);
      underWay -= 1;
      if (item === 6) throw new Error('item 6');
    },
    settle: (item) => void settled.push(item),
  });
  await assert.rejects(work, /item 6/);
  assert.deepEqual(settled, [0, 1, 2, 3, 4, 5]);
  assert.equal(underWay, 0);
});

test('what settling throws ends the work', async () => {
  let underWay = 0;
  const work = workInOrder<number, void>({
    items,
    most: 4,
    signal: new AbortController().signal,
    async start() {
      underWay += 1;
      await sleep(2);
      underWay -= 1;
    },
    settle(item) {
      if (item === 3) throw new Error('cannot save');
    },
  });
  await assert.rejects(work, /cannot save/);
  assert.equal(underWay, 0);
});
