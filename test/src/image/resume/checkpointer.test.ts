import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DiskWriter } from '../../../../src/image/disk/disk-writer.ts';
import { createHeldBack } from '../../../../src/image/disk/held-back.ts';
import { createCheckpointer, unpackHeld } from '../../../../src/image/resume/checkpointer.ts';
import type { DiskTarget } from '../../../../src/storage/device-io/disk-target.ts';

const MiB = 1024 * 1024;
const target = { path: '/dev/test', sizeBytes: 8 * MiB, sectorBytes: 512 } as DiskTarget;

/** A checkpointer whose device flushes when it is told to. */
function bench(everyBytes = 100) {
  const held = createHeldBack(target);
  const flushes: PromiseWithResolvers<void>[] = [];
  const saved: { readonly offset: number; readonly held: string }[] = [];
  const failures: Error[] = [];
  const flush = (): Promise<void> => {
    const flushed = Promise.withResolvers<void>();
    flushes.push(flushed);
    return flushed.promise;
  };
  const checkpointer = createCheckpointer({
    writer: { target, held, flush } as unknown as DiskWriter,
    from: 1000,
    everyBytes,
    save: (offset, packed) => void saved.push({ offset, held: packed }),
    onFailure: (error) => void failures.push(error),
  });
  const offsets = (): readonly number[] => saved.map(({ offset }) => offset);
  return { checkpointer, held, flushes, saved, offsets, failures };
}

test('nothing is saved before the device has flushed it', async () => {
  const { checkpointer, flushes, offsets } = bench();
  checkpointer.settled(1100);
  await nextTurn();
  assert.deepEqual([flushes.length, offsets()], [1, []]);
  flushes[0]?.resolve();
  await nextTurn();
  assert.deepEqual(offsets(), [1100]);
});

test('what settles while the device flushes is not in that checkpoint', async () => {
  const { checkpointer, flushes, offsets } = bench();
  checkpointer.settled(1100);
  checkpointer.settled(1500);
  flushes[0]?.resolve();
  await nextTurn();
  assert.deepEqual([flushes.length, offsets()], [1, [1100]]);
  checkpointer.settled(1510);
  flushes[1]?.resolve();
  await checkpointer.end();
  assert.deepEqual(offsets(), [1100, 1510]);
});

test('less than the distance, or nothing new, makes no checkpoint', async () => {
  const { checkpointer, flushes } = bench();
  checkpointer.settled(1099);
  checkpointer.settled(1000);
  checkpointer.settled(900);
  assert.equal(flushes.length, 0);
});

test('after five seconds any progress makes a checkpoint, whatever the distance', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const { checkpointer, flushes } = bench();
  now = 4999;
  checkpointer.settled(1001);
  assert.equal(flushes.length, 0);
  now = 5000;
  checkpointer.settled(1000);
  assert.equal(flushes.length, 0);
  checkpointer.settled(1001);
  assert.equal(flushes.length, 1);
});

test('the end waits for the checkpoint that is being made, and begins no other', async () => {
  const { checkpointer, flushes, offsets } = bench();
  checkpointer.settled(1100);
  const ended = checkpointer.end();
  checkpointer.settled(1300);
  flushes[0]?.resolve();
  await ended;
  checkpointer.settled(1900);
  assert.deepEqual([flushes.length, offsets()], [1, [1100]]);
});

test('a flush that fails saves nothing and is told', async () => {
  const { checkpointer, flushes, offsets, failures } = bench();
  checkpointer.settled(1100);
  flushes[0]?.reject(new Error('EIO'));
  await checkpointer.end();
  assert.deepEqual([offsets(), failures.map(({ message }) => message)], [[], ['EIO']]);
});

test('the parts that are held back come back from a checkpoint, and not on a disk of another size', async () => {
  const { checkpointer, held, flushes, saved } = bench();
  held.head.bytes.set(randomBytes(MiB));
  held.tail.bytes.set(randomBytes(1000), 5000);
  checkpointer.settled(1100);
  flushes[0]?.resolve();
  await checkpointer.end();
  const packed = saved[0]?.held ?? '';
  const again = createHeldBack(target);
  assert.equal(unpackHeld(packed, again), true);
  assert.deepEqual([again.head.bytes, again.tail.bytes], [held.head.bytes, held.tail.bytes]);
  assert.equal(unpackHeld(packed, createHeldBack({ ...target, sizeBytes: MiB })), false);
  assert.equal(unpackHeld('AAAA', again), false);
  assert.equal(unpackHeld('', again), false);
});
