import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { SafetyLatchError } from '../../src/errors/catalogue.ts';
import { gptImage, mbrImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { bytesOf, sha256, startWrite, write } from '../support/written-disk.ts';

const MiB = 1024 * 1024;

const kernelPartitions = (disk: LoopDevice) =>
  readdirSync(`/sys/class/block/${basename(disk.path)}`).filter((name) => name.startsWith(basename(disk.path)));

/** What sgdisk says of a disk; it exits with 0 also when it finds problems. */
const verify = (disk: LoopDevice) => execFileSync('sgdisk', ['-v', disk.path], { encoding: 'utf8' });

for (const sectorBytes of [512, 4096] as const) {
  test(`the disk holds the image byte for byte (${sectorBytes}-byte sectors)`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes: 50 * MiB, sectorBytes });
    const image = gptImage({ sizeBytes: 50 * MiB, sectorBytes });
    const url = server.serve('/disk.raw', image);
    const { context, written } = await startWrite(disk, { urls: [url], checksum: sha256(image), disk_format: 'raw' });
    assert.deepEqual(await written, {
      device: disk.path,
      format: 'raw',
      sizeBytes: image.length,
      algorithm: 'sha256',
      digest: sha256(image),
      servedBytes: image.length,
      resumedFrom: null,
      verified: null,
      table: { kind: 'gpt', partitionCount: 1, backupMoved: false },
      configDrivePartition: null,
      partitionUuids: { 'root uuid': '0x00000000' },
    });
    assert.equal(sha256(bytesOf(disk)), sha256(image));
    assert.match(verify(disk), /No problems found/);
    assert.deepEqual(kernelPartitions(disk), [`${basename(disk.path)}p1`]);
    assert.equal(server.seen.length, 1);
    const bytes = image.length;
    const end = { phase: 'write', done: bytes, total: bytes, sourceBytes: bytes, deviceBytes: bytes };
    assert.deepEqual(context.reports.at(-1), end);
  });

  test(`a larger disk gets its backup GPT at its end (${sectorBytes}-byte sectors)`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes: 80 * MiB, sectorBytes });
    const image = gptImage({ sizeBytes: 37 * MiB + 4096, sectorBytes });
    const written = await write(disk, { urls: [server.serve('/x', image)], checksum: sha256(image) });
    assert.equal(written.table?.backupMoved, true);
    assert.match(verify(disk), /No problems found/);
    const bytes = bytesOf(disk);
    const tables = (2 + 16384 / sectorBytes) * sectorBytes;
    assert.equal(sha256(bytes.subarray(tables, image.length)), sha256(image.subarray(tables)));
  });
}

test('an MBR image brings its disk signature', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes: 16 * MiB });
  const image = mbrImage({ sizeBytes: 10 * MiB }, 0x0badcafe);
  const written = await write(disk, { urls: [server.serve('/x', image)], checksum: sha256(image) });
  assert.equal(written.partitionUuids['root uuid'], '0x0badcafe');
  assert.equal(written.table?.kind, 'mbr');
  assert.equal(sha256(bytesOf(disk).subarray(0, image.length)), sha256(image));
});

for (const framing of ['chunked', 'close'] as const) {
  test(`a body without a length is written (${framing})`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes: 40 * MiB });
    const image = gptImage({ sizeBytes: 40 * MiB });
    const { context, written } = await startWrite(disk, {
      urls: [server.serve('/x', image, { framing, ignoresRange: true })],
      checksum: sha256(image),
    });
    await written;
    assert.equal(sha256(bytesOf(disk)), sha256(image));
    assert.equal(context.reports[0]?.total, null);
  });
}

for (const [name, sizeBytes] of [
  ['smaller than the part that is held back', 700_000],
  ['of less than a block', 3 * MiB],
  ['of one block', 4 * MiB],
  ['of two blocks and a sector', 8 * MiB + 512],
  ['that ends in half a sector', 13 * MiB + 100],
] as const) {
  test(`an image ${name} is written whole`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes: 20 * MiB });
    const image = mbrImage({ sizeBytes: 20 * MiB }).subarray(0, sizeBytes);
    await write(disk, { urls: [server.serve('/x', image)], checksum: sha256(image) });
    const bytes = bytesOf(disk);
    assert.equal(sha256(bytes.subarray(0, sizeBytes)), sha256(image));
    assert.ok(bytes.subarray(sizeBytes, Math.ceil(sizeBytes / 512) * 512).every((byte) => byte === 0));
  });
}

test('old partitions and their signatures are gone afterwards', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes: 64 * MiB });
  execFileSync('sgdisk', ['-n', '1:0:+20M', '-n', '2:0:+20M', disk.path], { stdio: 'ignore' });
  const [, second = ''] = await addPartitions(disk.path);
  execFileSync('mkfs.ext4', ['-q', '-L', 'old', second]);
  const image = mbrImage({ sizeBytes: 8 * MiB });
  await write(disk, { urls: [server.serve('/x', image)], checksum: sha256(image) });
  assert.deepEqual(kernelPartitions(disk), [`${basename(disk.path)}p1`]);
  const superblock = bytesOf(disk).subarray(21 * MiB + 1024, 21 * MiB + 2048);
  assert.ok(superblock.every((byte) => byte === 0));
});

test('the credentials of the image do not go to another server that has its checksum', async () => {
  await using server = await createImageServer();
  await using other = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes: 8 * MiB });
  const image = mbrImage({ sizeBytes: 8 * MiB });
  const authorization = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
  const sums = Buffer.from(`${sha256(image)} *x\n`);
  const info = {
    urls: [server.serve('/x', image, { authorization })],
    image_request_authorization: Buffer.from(authorization).toString('base64'),
  };
  await write(disk, { ...info, checksum: other.serve('/sums', sums) });
  assert.equal(sha256(bytesOf(disk)), sha256(image));
  assert.deepEqual(
    other.seen.map(({ headers }) => headers.authorization),
    [undefined],
  );
  await write(disk, { ...info, checksum: server.serve('/sums', sums, { authorization }) });
});

test('a device that was not named is not touched', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes: 8 * MiB });
  await using other = await createLoopDevice({ sizeBytes: 8 * MiB });
  const image = mbrImage({ sizeBytes: 8 * MiB });
  const info = { urls: [server.serve('/x', image)], checksum: sha256(image) };
  const { written } = await startWrite(disk, info, { devices: [other.path] });
  await assert.rejects(written, SafetyLatchError);
  assert.ok(bytesOf(disk).every((byte) => byte === 0));
});
