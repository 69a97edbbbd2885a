import assert from 'node:assert/strict';
import { type FileHandle, open } from 'node:fs/promises';
import { test } from 'node:test';
import { overwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { claimTarget, createMethodContext, overwriteAndVerify } from '../support/overwritten-disk.ts';
import { bytesOf } from '../support/written-disk.ts';

const MiB = 1024 * 1024;

async function change(disk: LoopDevice, how: (file: FileHandle) => Promise<unknown>): Promise<void> {
  await using file = await open(disk.path, 'r+');
  await how(file);
  await file.sync();
}

test('a full read-back finds one flipped byte, wherever it is', async () => {
  const sizeBytes = 6 * MiB + 512;
  await using disk = await createLoopDevice({ sizeBytes });
  for (const pass of [{ kind: 'zeros' }, { kind: 'stream' }] as const) {
    for (const place of [0, 17, 3 * MiB - 1, 4 * MiB + 513, sizeBytes - 1]) {
      const { check, look } = await overwriteAndVerify(disk, { passes: [pass], readBack: 'full' });
      assert.ok(check.passed, check.detail);
      await change(disk, async (file) => {
        const byte = Buffer.alloc(1);
        await file.read(byte, 0, 1, place);
        await file.write(Buffer.of((byte[0] ?? 0) ^ 0x10), 0, 1, place);
      });
      const again = await look();
      assert.equal(again.passed, false);
      assert.match(again.detail, new RegExp(`1 sectors do not hold .*, the first difference is at byte ${place}$`));
    }
  }
});

test('a stream that was moved by one sector, or that an older key made, is not taken for the right one', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 4 * MiB });
  const before = await overwriteAndVerify(disk, { passes: [{ kind: 'stream' }], readBack: 'full' });
  const { length } = bytesOf(disk);
  const old = bytesOf(disk);
  const { look } = await overwriteAndVerify(disk, { passes: [{ kind: 'stream' }], readBack: 'full' });
  assert.match((await before.look()).detail, /8192 sectors do not hold the keyed stream/);
  await change(disk, (file) => file.write(old.subarray(MiB, MiB + 4096), 0, 4096, MiB));
  assert.match((await look()).detail, /: 8 sectors do not hold/);
  const now = bytesOf(disk);
  await change(disk, (file) => file.write(now.subarray(0, 512), 0, 512, MiB));
  assert.match((await look()).detail, /: 8 sectors do not hold/);
  await change(disk, (file) => file.write(now.subarray(0, 512), 0, 512, length - 512));
  assert.match((await look()).detail, /: 9 sectors do not hold/);
});

test('a sampled read-back always looks at both ends, and says how much it has read', async () => {
  const sizeBytes = 64 * MiB;
  await using disk = await createLoopDevice({ sizeBytes });
  for (const place of [0, MiB - 1, sizeBytes - MiB, sizeBytes - 1]) {
    const { check, look } = await overwriteAndVerify(disk, { readBack: 'sample' });
    assert.equal(
      check.detail,
      `sample: ${2 * MiB + 2000 * 8192} of ${sizeBytes} bytes, at 2002 places, were read: they hold zeros`,
    );
    await change(disk, (file) => file.write(Buffer.of(1), 0, 1, place));
    assert.match((await look()).detail, new RegExp(`the first difference is at byte ${place}$`));
  }
});

test('nothing is claimed of an overwrite whose record is gone', async () => {
  await using disk = await createLoopDevice({ sizeBytes: MiB });
  await using target = await claimTarget(disk.path);
  const evidence = await overwrite.run(target, createMethodContext(disk.path));
  const without = createMethodContext(disk.path);
  await assert.rejects(overwrite.verify(target, evidence, without), /no record of an overwrite that has ended/);
});
