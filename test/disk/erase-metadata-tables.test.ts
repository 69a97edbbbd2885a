import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { eraseMetadata } from '../../src/storage/erase/metadata/erase-metadata.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { eraseMetadataOf, placesAt, placesOf } from '../support/erased-metadata.ts';
import { readGptOf, writePlaces } from '../support/laid-out-disk.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { gfs2, xfs } from '../support/signatures/file-systems.ts';
import { mdSignature } from '../support/signatures/md.ts';
import { nothing, recognise, recogniseDevice } from '../support/signatures/recognise.ts';
import { MiB } from '../support/signatures/signature.ts';
import { bcacheCache } from '../support/signatures/volumes.ts';
import { createStorageHost } from '../support/storage-host.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const sizeBytes = 128 * MiB;
const imageBytes = 64 * MiB;
const gptMark = 'EFI PART';

/** A disk image with two partitions, and what lies in the second, made for sectors of a size. */
async function makeImage(directory: string, sectorBytes: 512 | 4096): Promise<string> {
  await using loop = await createLoopDevice({ sizeBytes: imageBytes, sectorBytes });
  execFileSync('sgdisk', ['--new=1:0:+20M', '--new=2:0:0', loop.path], { stdio: 'ignore' });
  const second = readGptOf(loop.path)[1];
  assert.ok(second);
  await writePlaces(loop.path, placesAt(mdSignature('1.0'), second));
  const image = path.join(directory, 'image');
  copyFileSync(loop.backingFile, image);
  return image;
}

async function loopWith(image: string, sectorBytes: 512 | 4096, grow = sizeBytes): Promise<LoopDevice> {
  const loop = await createLoopDevice({ sizeBytes: grow, sectorBytes });
  await writePlaces(loop.path, [{ offset: 0, bytes: readFileSync(image) }]);
  return loop;
}

for (const made of [512, 4096] as const) {
  for (const read of [512, 4096] as const) {
    test(`all copies of a GPT that an image for ${made}-byte sectors brought to a larger disk with ${read}-byte sectors go`, async () => {
      using directory = temporaryDirectory();
      await using loop = await loopWith(await makeImage(directory.path, made), read);
      assert.deepEqual(placesOf(loop, gptMark), [made, imageBytes - made]);
      assert.equal((await eraseMetadataOf(loop)).partitions, 2);
      assert.deepEqual(placesOf(loop, gptMark), []);
      const md = Buffer.from('fc4e2ba9', 'hex');
      assert.equal(readFileSync(loop.backingFile).indexOf(md), -1, 'what only that table leads to is gone');
    });
  }
}

test('a backup GPT in the middle goes, of which only the protective MBR tells any more', async () => {
  using directory = temporaryDirectory();
  await using loop = await loopWith(await makeImage(directory.path, 512), 512);
  const mbr = readFileSync(loop.backingFile).subarray(0, 512);
  // Moves the backup to the end; the old copy stays where the image had it, and is put back if the program cleared it.
  const old = Buffer.from(readFileSync(loop.backingFile).subarray(imageBytes - 33 * 512, imageBytes));
  execFileSync('sgdisk', ['--move-second-header', loop.path], { stdio: 'ignore' });
  await writePlaces(loop.path, [
    { offset: 0, bytes: mbr },
    { offset: imageBytes - old.length, bytes: old },
  ]);
  assert.deepEqual(placesOf(loop, gptMark), [512, imageBytes - 512, sizeBytes - 512]);
  await eraseMetadataOf(loop);
  assert.deepEqual(placesOf(loop, gptMark), []);
});

test('a backup GPT in the middle goes, to which only the primary points', async () => {
  using directory = temporaryDirectory();
  await using loop = await loopWith(await makeImage(directory.path, 512), 512);
  await writePlaces(loop.path, [{ offset: 0, bytes: Buffer.alloc(512) }]);
  await eraseMetadataOf(loop);
  assert.deepEqual(placesOf(loop, gptMark), []);
});

test('partitions go that only the kernel still knows', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:+50M', '--new=2:0:0', loop.path], { stdio: 'ignore' });
  const [, second] = readGptOf(loop.path);
  assert.ok(second);
  await addPartitions(loop.path);
  await writePlaces(loop.path, [
    { offset: 0, bytes: Buffer.alloc(MiB) },
    { offset: sizeBytes - MiB, bytes: Buffer.alloc(MiB) },
    ...placesAt(gfs2, second),
  ]);
  const host = createStorageHost([loop.path]);
  const devices = await listBlockDevices(host, { partitions: true });
  const disk = devices.find(({ kind }) => kind === 'disk');
  assert.ok(disk);
  assert.equal(recognise(loop.backingFile, { ...second, sectorBytes: 512 }).type, 'gfs2');
  await eraseMetadata(
    disk,
    devices.filter(({ kind }) => kind === 'partition'),
    host,
  );
  assert.deepEqual(recognise(loop.backingFile, { ...second, sectorBytes: 512 }), nothing);
});

test('the partitions of a GPT go of which only the backup is left', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:+50M', '--new=2:0:0', loop.path], { stdio: 'ignore' });
  const [, second] = readGptOf(loop.path);
  assert.ok(second);
  await writePlaces(loop.path, [{ offset: 0, bytes: Buffer.alloc(MiB) }, ...placesAt(gfs2, second)]);
  assert.equal(recognise(loop.backingFile, { ...second, sectorBytes: 512 }).type, 'gfs2');
  assert.equal((await eraseMetadataOf(loop)).partitions, 2);
  assert.deepEqual(recognise(loop.backingFile, { ...second, sectorBytes: 512 }), nothing);
  assert.deepEqual(placesOf(loop, gptMark), []);
});

test('partitions of a stale MBR beside a GPT go too', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sfdisk', [loop.path], {
    input: 'label: dos\nstart=100MiB, size=20MiB\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const old = Buffer.from(readFileSync(loop.backingFile).subarray(446, 462));
  execFileSync('sgdisk', ['--zap-all', '--new=1:0:+50M', loop.path], { stdio: 'ignore' });
  await writePlaces(loop.path, [{ offset: 462, bytes: old }, ...placesAt(xfs, { start: 100 * MiB, end: 120 * MiB })]);
  await eraseMetadataOf(loop);
  assert.deepEqual(placesOf(loop, 'XFSB'), []);
});

for (const sectorBytes of [512, 4096] as const) {
  test(`an MBR, the boot records of its logical partitions and their content go, with ${sectorBytes}-byte sectors`, async () => {
    await using loop = await createLoopDevice({ sizeBytes, sectorBytes });
    divideByMbr(loop, ['start=1MiB, size=15MiB', 'start=16MiB, type=5, size=110MiB', ...logicalOf(17, 48, 79)]);
    const logical = readGptOf(loop.path).filter(({ number }) => number >= 5);
    assert.equal(logical.length, 3);
    await writePlaces(
      loop.path,
      logical.flatMap((place) => placesAt(xfs, place)),
    );
    const records = bootRecordsOf(loop, sectorBytes);
    assert.ok(records.length >= 4, `${records.length} boot records`);
    assert.equal(placesOf(loop, 'XFSB').length, 3);
    await eraseMetadataOf(loop);
    assert.deepEqual(bootRecordsOf(loop, sectorBytes), []);
    assert.deepEqual(placesOf(loop, 'XFSB'), []);
    assert.deepEqual(recogniseDevice(loop.path), nothing);
  });
}

function divideByMbr(loop: LoopDevice, lines: readonly string[]): void {
  const input = ['label: dos', ...lines, ''].join('\n');
  execFileSync('sfdisk', [loop.path], { input, stdio: ['pipe', 'ignore', 'ignore'] });
}

function logicalOf(...starts: readonly number[]): readonly string[] {
  return starts.map((start) => `start=${start}MiB, size=30MiB, type=83`);
}

/** Sectors that end in 55 aa where a boot record has it. */
function bootRecordsOf(loop: LoopDevice, sectorBytes: number): readonly number[] {
  return sectorsWithMagic(readFileSync(loop.backingFile), sectorBytes);
}

function sectorsWithMagic(bytes: Buffer, sectorBytes: number): readonly number[] {
  const sectors: number[] = [];
  for (let at = 0; at < bytes.length; at += sectorBytes) {
    if (bytes[at + 510] === 0x55 && bytes[at + 511] === 0xaa) sectors.push(at);
  }
  return sectors;
}

test('a chain of boot records that leads back to itself ends', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  divideByMbr(loop, ['start=16MiB, type=5, size=110MiB', ...logicalOf(17, 48)]);
  const [, second] = sectorsWithMagic(readFileSync(loop.backingFile), 512);
  assert.ok(second);
  // The next record of the first one becomes that one itself.
  await writePlaces(loop.path, [{ offset: second + 446 + 16 + 8, bytes: Buffer.alloc(4) }]);
  await eraseMetadataOf(loop);
  assert.deepEqual(recogniseDevice(loop.path), nothing);
});

test('nonsense in every field of a table harms nothing', async () => {
  await using loop = await createLoopDevice({ sizeBytes: 64 * MiB });
  const header = Buffer.alloc(512, 0xff);
  header.write(gptMark, 0, 'latin1');
  const label = Buffer.alloc(512, 0xff);
  label.write('LABELONE', 0, 'latin1');
  const bcache = bcacheCache.place(sizeBytes)[0]?.bytes.fill(0xff, 184) ?? Buffer.alloc(0);
  await writePlaces(loop.path, [
    { offset: 512, bytes: header },
    { offset: 1024, bytes: label },
    { offset: 4096, bytes: bcache },
    { offset: 64 * MiB - 512, bytes: header },
  ]);
  await eraseMetadataOf(loop);
  assert.deepEqual(placesOf(loop, gptMark), []);
});

test('a disk that has become smaller than its table says is erased as far as it goes', async () => {
  using directory = temporaryDirectory();
  const image = await makeImage(directory.path, 512);
  truncateSync(image, 40 * MiB);
  await using loop = await loopWith(image, 512, 40 * MiB);
  assert.equal((await eraseMetadataOf(loop)).partitions, 2);
  assert.deepEqual(placesOf(loop, gptMark), []);
});
