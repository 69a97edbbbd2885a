import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { ImageWriteError } from '../../src/errors/catalogue.ts';
import { makeImage } from '../support/converted-image.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { poison } from '../support/poison.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { bytesOf, cannotBoot, sha256, startWrite } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 48 * MiB;

const reference = gptImage({ sizeBytes });
reference.fill(0, 10 * MiB, 14 * MiB);

function qcow2Of(disk: Uint8Array, options: string): Buffer {
  using dir = temporaryDirectory();
  return makeImage(dir.path, disk, { driver: 'qcow2', options });
}

const images = {
  raw: reference,
  qcow2: qcow2Of(reference, 'cluster_size=64k'),
  'qcow2 of small clusters': qcow2Of(reference, 'cluster_size=4k'),
};

/** Changes a byte at each of these places, as a disk does that loses or mixes up its sectors. */
async function flip(disk: LoopDevice, places: readonly number[]): Promise<void> {
  await using file = await open(disk.path, 'r+');
  for (const place of places) {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, place);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 0x40]), 0, 1, place);
  }
  await file.sync();
}

/** Writes an image, and flips bytes once what they belong to has been written, and before it is read back. */
async function flippedWrite(disk: LoopDevice, image: Uint8Array, mode: string, places: readonly number[]) {
  await using server = await createImageServer();
  const url = server.serve('/x', image, { bytesPerSecond: 24 * MiB });
  const { context, written } = await startWrite(
    disk,
    { urls: [url], checksum: sha256(image) },
    { config: { imageVerification: mode as 'full' | 'sample' | 'none' } },
  );
  written.catch(() => undefined);
  const done = (): boolean =>
    context.reports.some(({ phase, done: bytes }) => phase === 'write' && bytes >= 24 * MiB && bytes < image.length);
  await until(done, { withinMs: 20_000, everyMs: 2, what: 'half of the image' });
  await flip(disk, places);
  return await written;
}

for (const [format, image] of Object.entries(images)) {
  for (const mode of ['full', 'sample'] as const) {
    test(`a good device passes: ${format}, ${mode}`, async () => {
      await using server = await createImageServer();
      await using disk = await createLoopDevice({ sizeBytes });
      await poison(disk);
      const { context, written } = await startWrite(
        disk,
        { urls: [server.serve('/x', image)], checksum: sha256(image) },
        { config: { imageVerification: mode } },
      );
      const { verified } = await written;
      assert.ok(bytesOf(disk).equals(reference));
      assert.equal(verified?.mode, mode);
      assert.equal(verified?.uncheckedBytes, 0);
      // All but the first and the last MiB, which are held back until it has passed.
      if (mode === 'full') assert.equal(verified?.checkedBytes, sizeBytes - 2 * MiB);
      else assert.ok((verified?.checkedExtents ?? 0) >= Math.min(64, verified?.extentCount ?? 0));
      const last = context.reports.findLast(({ phase }) => phase === 'verify');
      assert.deepEqual([last?.done, last?.total], [verified?.checkedBytes, verified?.checkedBytes]);
    });
  }

  test(`bytes that change between write and read-back are found and named: ${format}`, async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    const places = [3 * MiB + 1000, 12 * MiB + 5];
    await assert.rejects(flippedWrite(disk, image, 'full', places), (error) => {
      assert.ok(error instanceof ImageWriteError, String(error));
      assert.match(error.details, /\/dev\/loop\d+ does not hold what was written to it: 2 extents differ/);
      const named = [...error.details.matchAll(/(\d+) bytes at (\d+) \(expected (\w+), found \w+\)/g)];
      assert.equal(named.length, 2);
      named.forEach(([, length, offset, expected], index) => {
        const place = places[index] ?? 0;
        assert.ok(Number(offset) <= place && place < Number(offset) + Number(length), error.details);
        assert.ok(Number(length) <= MiB);
        assert.equal(expected === 'zeros', index === 1);
      });
      return true;
    });
    assert.ok(cannotBoot(disk));
  });
}

test('a sample finds what is wrong in the first extent', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  const flipped = flippedWrite(disk, images.raw, 'sample', [MiB + 3]);
  await assert.rejects(flipped, { name: 'ImageWriteError', details: /1 extents differ/ });
  assert.ok(cannotBoot(disk));
});

test('without read-back the same goes unnoticed: it is the read-back that finds it', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  assert.equal((await flippedWrite(disk, images.raw, 'none', [3 * MiB])).verified, null);
  assert.ok(!bytesOf(disk).equals(reference));
});
