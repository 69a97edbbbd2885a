import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deviceZeroing } from '../../src/image/disk/device-zeroing.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { poison } from '../support/poison.ts';
import { createStorageHost } from '../support/storage-host.ts';
import { bytesOf } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 16 * MiB;

/** A loop device whose calls take so many milliseconds longer. */
async function zeroed(delays: readonly number[]) {
  await using disk = await createLoopDevice({ sizeBytes, preallocate: true });
  await poison(disk);
  await using handle = await open(disk.path, constants.O_RDWR | constants.O_DIRECT);
  const host = createStorageHost([disk.path]);
  let calls = 0;
  const run: typeof host.run = async (call) => {
    const result = await host.run(call);
    await sleep(delays[calls] ?? 0);
    calls += 1;
    return result;
  };
  const target = { handle, path: disk.path, sizeBytes, sectorBytes: 512 };
  const zeroing = deviceZeroing(target, disk.path, { run, log: host.log, signal: host.signal });
  const isZeroed = await zeroing.zero(MiB, 8 * MiB);
  const again = await zeroing.zero(9 * MiB, MiB);
  const bytes = bytesOf(disk);
  const why = host.entries.find(({ message }) => message === 'zeros are written as data')?.['why'];
  return { isZeroed, again, bytes, calls, why };
}

test('a range that the device zeroes fast reads as zero, and nothing beside it does', async () => {
  const { isZeroed, bytes, why } = await zeroed([]);
  assert.deepEqual([isZeroed, why], [true, undefined]);
  assert.ok(bytes.subarray(MiB, 9 * MiB).every((byte) => byte === 0));
  assert.ok(bytes.subarray(0, MiB).every((byte) => byte === 0xa5));
  assert.ok(bytes.subarray(10 * MiB).every((byte) => byte === 0xa5));
});

test('a program that starts slowly, on a busy machine, does not make a device slow', async () => {
  const { isZeroed, again, calls, why } = await zeroed([250, 250]);
  assert.deepEqual([isZeroed, again, calls, why], [true, true, 2, undefined]);
});

test('a device that is slow is not asked again', async () => {
  const { isZeroed, again, calls, why } = await zeroed([1000]);
  assert.deepEqual([isZeroed, again, calls], [false, false, 1]);
  assert.match(String(why), /^8388608 bytes took 1\.\d s$/);
});
