import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { createLoopDevice } from '../support/loop-device.ts';

const MiB = 1024 * 1024;

for (const sectorBytes of [512, 4096] as const) {
  test(`every canary is found where it was sown, with ${sectorBytes}-byte sectors, and only those that were not overwritten`, async () => {
    await using loop = await createLoopDevice({ sizeBytes: 9 * MiB + sectorBytes, sectorBytes });
    assert.deepEqual(await findCanaries(loop.path), []);
    const sown = await sowCanaries(loop.path);
    assert.deepEqual(
      await findCanaries(loop.path),
      sown.map((offset) => ({ offset, sownAt: offset })),
    );
    const file = await open(loop.path, 'r+');
    await file.write(Buffer.alloc(5 * MiB), 0, 5 * MiB, 0);
    await file.sync();
    await file.close();
    const left = sown.filter((offset) => offset >= 5 * MiB);
    assert.ok(left.length >= 4);
    const found = (await findCanaries(loop.path)).map(({ offset }) => offset);
    assert.deepEqual(
      found.filter((offset) => offset >= 5 * MiB),
      left,
    );
  });
}

test('a canary across the blocks that are read is found once', async () => {
  await using loop = await createLoopDevice({ sizeBytes: 9 * MiB });
  await sowCanaries(loop.path);
  const bytes = Buffer.alloc(61);
  const file = await open(loop.path, 'r+');
  await file.read(bytes, 0, 61, 0);
  await file.write(bytes, 0, 61, 4 * MiB - 20);
  await file.sync();
  await file.close();
  const moved = (await findCanaries(loop.path)).filter(({ offset, sownAt }) => offset !== sownAt);
  assert.deepEqual(moved, [{ offset: 4 * MiB - 20, sownAt: 0 }]);
});
