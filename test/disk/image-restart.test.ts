import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { JobCheckpoint } from '../../src/core/job-context.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer, type ImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { poison } from '../support/poison.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { bytesOf, sha256, startWrite } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 40 * MiB;
const config = { imageCheckpointMib: 2, imageVerification: 'full' } as const;

/** Its clusters can be compressed, though not by much. */
const reference = gptImage({ sizeBytes });
for (let at = 2 * MiB; at < 38 * MiB; at += 65_536) {
  reference.set(randomBytes(32_768), at);
  reference.fill(7, at + 32_768, at + 65_536);
}
// But for some.
for (let at = 6 * MiB; at < 38 * MiB; at += 5 * MiB) reference.set(randomBytes(3 * 65_536), at);

const packed = (() => {
  using dir = temporaryDirectory();
  const [raw, image] = ['a.raw', 'a.qcow2'].map((name) => path.join(dir.path, name)) as [string, string];
  writeFileSync(raw, reference);
  execFileSync('qemu-img', ['convert', '-O', 'qcow2', '-c', raw, image]);
  return readFileSync(image);
})();

const offsetOf = (checkpoint: JobCheckpoint): number =>
  (checkpoint.read() as { readonly offset: number } | null)?.offset ?? 0;

/** Writes slowly and aborts as soon as a checkpoint is that far. */
async function interrupted(disk: LoopDevice, server: ImageServer, image: Uint8Array): Promise<JobCheckpoint> {
  const checkpoint = memoryCheckpoint();
  const controller = new AbortController();
  const url = server.serve('/x', image, { etag: '"1"', bytesPerSecond: 15 * MiB });
  const options = { checkpoint, signal: controller.signal, config };
  const { written } = await startWrite(disk, { urls: [url], checksum: sha256(image) }, options);
  written.catch(() => undefined);
  await until(() => offsetOf(checkpoint) >= 8 * MiB, { withinMs: 20_000, everyMs: 2, what: 'a checkpoint' });
  controller.abort(new Error('interrupted'));
  await assert.rejects(written, /interrupted/);
  return checkpoint;
}

test('a compressed cluster that is not on the device as the checkpoint says does not stay wrong', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  await poison(disk);
  const checkpoint = await interrupted(disk, server, packed);
  const file = await open(disk.path, 'r+');
  await file.write(Buffer.alloc(65_536, 1), 0, 65_536, 4 * MiB);
  await file.sync();
  await file.close();
  const from = offsetOf(checkpoint);
  const url = server.serve('/x', packed, { etag: '"1"' });
  const { written } = await startWrite(disk, { urls: [url], checksum: sha256(packed) }, { checkpoint, config });
  const { resumedFrom, verified } = await written;
  assert.equal(resumedFrom, from);
  assert.equal(verified?.checkedExtents, verified?.extentCount);
  assert.ok(bytesOf(disk).equals(reference));
});

test('a new start forgets the checkpoint before it touches the disk', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const checkpoint = await interrupted(disk, server, reference);
  const controller = new AbortController();
  const url = server.serve('/x', reference, { etag: '"2"', bytesPerSecond: MiB });
  const options = { checkpoint, signal: controller.signal, config };
  const { written, context } = await startWrite(disk, { urls: [url], checksum: sha256(reference) }, options);
  written.catch(() => undefined);
  await until(() => context.entries.some(({ message }) => message === 'wiping old metadata'), {
    withinMs: 20_000,
    everyMs: 1,
    what: 'the wipe',
  });
  controller.abort(new Error('interrupted'));
  await assert.rejects(written);
  assert.equal(checkpoint.read(), null);
});

for (const [when, imageCheckpointMib] of [
  ['in the middle', 8],
  ['at the very end', 40],
] as const) {
  test(`a checkpoint that cannot be made ${when} ends the write by its own name`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes });
    const url = server.serve('/x', reference);
    const checkpoint: JobCheckpoint = {
      read: () => null,
      save() {
        throw new Error('no room for a checkpoint');
      },
    };
    const options = { checkpoint, config: { imageCheckpointMib } };
    const { written } = await startWrite(disk, { urls: [url], checksum: sha256(reference) }, options);
    await assert.rejects(written, /no room for a checkpoint/);
  });
}

test('a run that finds all of the image on the device still knows its size and looks at its end', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const checkpoint = memoryCheckpoint();
  const url = server.serve('/x', reference, { etag: '"1"' });
  const wireInfo = { urls: [url], checksum: sha256(reference) };
  const everything = { checkpoint, config: { ...config, imageCheckpointMib: 40 } };
  await (await startWrite(disk, wireInfo, everything)).written;
  assert.equal(offsetOf(checkpoint), sizeBytes);
  const written = await (await startWrite(disk, wireInfo, everything)).written;
  assert.deepEqual([written.resumedFrom, written.sizeBytes], [sizeBytes, sizeBytes]);
  assert.ok(bytesOf(disk).equals(reference));
});

test('an image that is refused after an attempt that wrote does not pass for one that left the disk alone', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const other = Buffer.alloc(sizeBytes);
  other.write('QED\0', 'latin1');
  const url = server.serve('/x', reference, () =>
    server.sentBytes < 19 * MiB ? { etag: '"1"', endAfter: 20 * MiB } : { etag: '"2"', content: other },
  );
  const { written } = await startWrite(disk, { urls: [url], checksum: sha256(other) }, { config });
  await assert.rejects(written, /is qed, which cannot be written; an attempt before has written to the disk/);
  assert.ok(
    bytesOf(disk)
      .subarray(8 * MiB, 9 * MiB)
      .equals(reference.subarray(8 * MiB, 9 * MiB)),
  );
});

test('a wrong digest of an image from the spool does not speak of a disk that it left alone', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  await poison(disk);
  const before = sha256(bytesOf(disk));
  const url = server.serve('/x', packed, { ignoresRange: true });
  const { written } = await startWrite(disk, { urls: [url], checksum: sha256(reference) }, { config });
  await assert.rejects(written, /actual [0-9a-f]{64}; the disk was not touched$/);
  assert.equal(sha256(bytesOf(disk)), before);
});

test('a time limit of many years is none that is over at once', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const url = server.serve('/x', reference);
  const limited = { config: { ...config, imageDownloadMaxDurationSeconds: 999_999_999 } };
  const { written } = await startWrite(disk, { urls: [url], checksum: sha256(reference) }, limited);
  assert.equal((await written).sizeBytes, sizeBytes);
});
