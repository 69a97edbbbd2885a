import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import type { JobCheckpoint } from '../../src/core/job-context.ts';
import { ImageChecksumError } from '../../src/errors/catalogue.ts';
import { makeImage } from '../support/converted-image.ts';
import { gptImage } from '../support/gpt-image.ts';
import { type Behaviour, createImageServer, type ImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { poison } from '../support/poison.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { bytesOf, cannotBoot, sha256, startWrite, type WriteAttempt } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 40 * MiB;
const config = { imageCheckpointMib: 8 };

const reference = gptImage({ sizeBytes });
reference.fill(0, 30 * MiB + 100, 33 * MiB);

function qcow2Of(disk: Uint8Array): Buffer {
  using dir = temporaryDirectory();
  return makeImage(dir.path, disk, { driver: 'qcow2' });
}

const images = { raw: reference, qcow2: qcow2Of(reference) };

const offsetOf = (checkpoint: JobCheckpoint): number =>
  (checkpoint.read() as { readonly offset: number } | null)?.offset ?? 0;
const messagesOf = ({ context }: WriteAttempt): readonly unknown[] => context.entries.map(({ message }) => message);

interface FirstRun {
  readonly behaviour?: Behaviour;
  readonly verification?: 'none' | 'full';
  /** What the server should have. Default: what it has. */
  readonly meant?: Uint8Array;
}

/** Writes slowly, and never the last 2 MiB, and aborts as soon as a checkpoint is at 16 MiB or further. */
async function interrupted(
  disk: LoopDevice,
  server: ImageServer,
  image: Uint8Array,
  { behaviour = { etag: '"1"' }, verification = 'none', meant = image }: FirstRun = {},
): Promise<JobCheckpoint> {
  const checkpoint = memoryCheckpoint();
  const controller = new AbortController();
  const url = server.serve('/x', image, { stallAfter: image.length - 2 * MiB, ...behaviour, bytesPerSecond: 30 * MiB });
  const { written } = await startWrite(
    disk,
    { urls: [url], checksum: sha256(meant) },
    { checkpoint, signal: controller.signal, config: { ...config, imageVerification: verification } },
  );
  written.catch(() => undefined);
  await until(() => offsetOf(checkpoint) >= 16 * MiB, { withinMs: 20_000, everyMs: 2, what: 'a checkpoint' });
  controller.abort(new Error('interrupted'));
  await assert.rejects(written, /interrupted/);
  assert.ok(cannotBoot(disk));
  return checkpoint;
}

/** The next run, with the same server behaving as is said now. */
async function goOn(
  disk: LoopDevice,
  server: ImageServer,
  checkpoint: JobCheckpoint,
  { image, behaviour = { etag: '"1"' } }: NextRun,
  verification: 'none' | 'full' = 'none',
): Promise<WriteAttempt> {
  const url = server.serve('/x', image, behaviour);
  const wireInfo = { urls: [url], checksum: sha256(image) };
  return startWrite(disk, wireInfo, { checkpoint, config: { ...config, imageVerification: verification } });
}

interface NextRun {
  readonly image: Uint8Array;
  readonly behaviour?: Behaviour;
}

for (const [format, image] of Object.entries(images)) {
  for (const verification of ['none', 'full'] as const) {
    test(`an interrupted write goes on: ${format}, read-back ${verification}`, async () => {
      await using server = await createImageServer();
      await using disk = await createLoopDevice({ sizeBytes });
      await poison(disk);
      const checkpoint = await interrupted(disk, server, image, { verification });
      const from = offsetOf(checkpoint);
      const before = server.sentBytes;
      const next = await goOn(disk, server, checkpoint, { image }, verification);
      const { resumedFrom, verified } = await next.written;
      assert.equal(resumedFrom, from);
      assert.ok(bytesOf(disk).equals(reference));
      // The first request asks from byte 0 to see what there is, and is closed.
      assert.ok(server.sentBytes - before <= image.length - from + 6 * MiB, `${server.sentBytes - before}`);
      assert.deepEqual([...new Set(next.context.reports.map(({ phase }) => phase))].slice(0, 2), [
        'read back',
        'write',
      ]);
      if (verification === 'full') assert.equal(verified?.checkedExtents, verified?.extentCount);
    });
  }

  test(`a device that was changed meanwhile does not stay wrong: ${format} starts over`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes });
    const checkpoint = await interrupted(disk, server, image);
    const file = await open(disk.path, 'r+');
    await file.write(Buffer.alloc(4096, 1), 0, 4096, 8 * MiB);
    await file.sync();
    await file.close();
    const next = await goOn(disk, server, checkpoint, { image });
    assert.equal((await next.written).resumedFrom, null);
    assert.ok(messagesOf(next).includes('starting over from the first byte'));
    assert.ok(bytesOf(disk).equals(reference));
  });

  for (const [name, behaviour] of [
    ['another validator', { etag: '"2"' }],
    ['no validator any more', {}],
    ['no ranges', { etag: '"1"', ignoresRange: true }],
  ] as const) {
    test(`a server that has ${name} after the interruption is read from the start: ${format}`, async () => {
      await using server = await createImageServer();
      await using disk = await createLoopDevice({ sizeBytes });
      const checkpoint = await interrupted(disk, server, image);
      const next = await goOn(disk, server, checkpoint, { image, behaviour });
      assert.equal((await next.written).resumedFrom, null);
      assert.ok(messagesOf(next).includes('the checkpoint is of no use'));
      assert.ok(bytesOf(disk).equals(reference));
    });
  }
}

test('a server without validators is gone on with as well: the digest of the whole proves it', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const checkpoint = await interrupted(disk, server, reference, { behaviour: {} });
  const from = offsetOf(checkpoint);
  const next = await goOn(disk, server, checkpoint, { image: reference, behaviour: {} });
  assert.equal((await next.written).resumedFrom, from);
  assert.ok(bytesOf(disk).equals(reference));
});

test('what another map has placed is not gone on with, although the server says nothing of a change', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const swapped = withSwappedClusters(images.qcow2);
  const checkpoint = await interrupted(disk, server, swapped, { behaviour: {}, meant: images.qcow2 });
  const next = await goOn(disk, server, checkpoint, { image: images.qcow2, behaviour: {} });
  assert.equal((await next.written).resumedFrom, null);
  assert.ok(messagesOf(next).includes('starting over from the first byte'));
  assert.ok(bytesOf(disk).equals(reference));
});

/** A sound qcow2 image in which the last allocated cluster lies where there should be none. */
function withSwappedClusters(image: Buffer): Buffer {
  const copy = Buffer.from(image);
  const l2 = Number(copy.readBigUInt64BE(Number(copy.readBigUInt64BE(40))) & 0x00fffffffffffe00n);
  const place = (cluster: number): number => l2 + cluster * 8;
  const moved = (20 * MiB) / 65536;
  const hole = (31 * MiB) / 65536;
  copy.writeBigUInt64BE(image.readBigUInt64BE(place(moved)), place(hole));
  copy.writeBigUInt64BE(image.readBigUInt64BE(place(hole)), place(moved));
  assert.notDeepEqual(copy, image);
  return copy;
}

test('a checkpoint of another checksum is not gone on with', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const checkpoint = await interrupted(disk, server, reference);
  const other = gptImage({ sizeBytes });
  const next = await goOn(disk, server, checkpoint, { image: other });
  assert.equal((await next.written).resumedFrom, null);
  assert.ok(bytesOf(disk).equals(other));
});

test('a checkpoint of another disk is not gone on with', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  await using other = await createLoopDevice({ sizeBytes });
  const checkpoint = await interrupted(disk, server, reference);
  const next = await goOn(other, server, checkpoint, { image: reference });
  assert.equal((await next.written).resumedFrom, null);
  assert.ok(bytesOf(other).equals(reference));
});

for (const [name, damage] of [
  ['has been cut short', { held: 'AAAA' }],
  ['is none', { offset: 'x' }],
  ['remembers nothing of what was written', { record: 'AAAA' }],
] as const) {
  test(`a checkpoint that ${name} costs a new start and nothing else`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes });
    const checkpoint = await interrupted(disk, server, reference, { verification: 'full' });
    checkpoint.save({ ...(checkpoint.read() as object), ...damage });
    const next = await goOn(disk, server, checkpoint, { image: reference }, 'full');
    assert.equal((await next.written).resumedFrom, null);
    assert.ok(bytesOf(disk).equals(reference));
  });
}

for (const [format, image] of Object.entries(images)) {
  const changed = format === 'raw' ? gptImage({ sizeBytes }) : qcow2Of(gptImage({ sizeBytes }));
  /** Another image once half of the first is sent; before that the tables of qcow2 are asked for. */
  const behaviourOf = ({ sentBytes }: ImageServer): Behaviour =>
    sentBytes < 19 * MiB
      ? { etag: '"1"', endAfter: 20 * MiB, bytesPerSecond: 40 * MiB }
      : { etag: '"2"', content: changed };

  test(`an image that is changed during the write is read from its start: ${format}`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes });
    const url = server.serve('/x', image, () => behaviourOf(server));
    const write = await startWrite(disk, { urls: [url], checksum: sha256(changed) }, { config });
    const { digest, resumedFrom } = await write.written;
    assert.deepEqual([digest, resumedFrom], [sha256(changed), null]);
    assert.ok(messagesOf(write).includes('starting over from the first byte'));
    const phases = [...new Set(write.context.reports.map(({ phase }) => phase))];
    assert.deepEqual(
      phases.filter((phase) => phase.startsWith('write')),
      ['write', 'write, attempt 2'],
    );
  });

  test(`an image that is changed during the write to one that is not wanted ends with both digests: ${format}`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes });
    const url = server.serve('/x', image, () => behaviourOf(server));
    const { written } = await startWrite(disk, { urls: [url], checksum: sha256(image) }, { config });
    await assert.rejects(written, (error) => {
      assert.ok(error instanceof ImageChecksumError, String(error));
      assert.match(error.details, new RegExp(`expected sha256 ${sha256(image)}, actual ${sha256(changed)}`));
      return true;
    });
    assert.ok(cannotBoot(disk));
  });
}
