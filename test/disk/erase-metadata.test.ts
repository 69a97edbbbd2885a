import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import type { ByteRange } from '../../src/storage/device-io/byte-range.ts';
import { eraseMetadata } from '../../src/storage/erase/metadata/erase-metadata.ts';
import { fixedPlaces } from '../../src/storage/erase/metadata/fixed-places.ts';
import { metadata } from '../../src/storage/erase/methods/metadata.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { findCanaries } from '../support/disk-canaries.ts';
import { type LaidOutDisk, laidOutBytes, layOutDisk, writePlaces } from '../support/laid-out-disk.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { claimTarget, createMethodContext } from '../support/overwritten-disk.ts';
import { nothing, recognise, recogniseDevice } from '../support/signatures/recognise.ts';
import { createStorageHost } from '../support/storage-host.ts';

/** Everything is there before: what is not recognised could not be missed afterwards. */
function assertRecognised(loop: LoopDevice, laidOut: LaidOutDisk, sectorBytes: number): void {
  assert.equal(recogniseDevice(loop.path).type, 'gpt');
  for (const { name, type, start, end } of laidOut.partitions) {
    const found = recognise(loop.backingFile, { start, end, sectorBytes });
    assert.equal(found.type, type, name);
    assert.deepEqual(found.signatures.includes(type ?? ''), type !== null, name);
    assert.equal(found.md !== null, type === 'linux_raid_member', name);
  }
}

async function assertNothingLeft(loop: LoopDevice, laidOut: LaidOutDisk, sectorBytes: number): Promise<void> {
  assert.deepEqual(recogniseDevice(loop.path), nothing);
  for (const { name, start, end } of laidOut.partitions) {
    assert.deepEqual(recognise(loop.backingFile, { start, end, sectorBytes }), nothing, name);
  }
  const file = await open(loop.backingFile);
  for (const { name, places } of laidOut.partitions) {
    for (const { offset, bytes } of places) {
      const found = Buffer.alloc(bytes.length);
      await file.read(found, 0, found.length, offset);
      assert.ok(found.equals(Buffer.alloc(bytes.length)), `${name}: what was at ${offset} is left`);
    }
  }
  await file.close();
}

/** The canaries between the places of metadata are left, and no other: this is what the method is, and all that it claims. */
async function assertDataLeft(loop: LoopDevice, laidOut: LaidOutDisk): Promise<void> {
  const found = new Set((await findCanaries(loop.path)).map(({ offset }) => offset));
  const regions: readonly ByteRange[] = [{ start: 0, end: loop.sizeBytes }, ...laidOut.partitions];
  const zeroed = regions.flatMap(({ start, end }) =>
    fixedPlaces(end - start).map((place) => ({ start: start + place.start, end: Math.min(end, start + place.end) })),
  );
  const inMetadata = [...found].filter((offset) => zeroed.some(({ start, end }) => offset >= start && offset < end));
  assert.deepEqual(inMetadata, []);
  for (const { name, start, end } of laidOut.partitions) {
    const data = laidOut.sown.filter((offset) => offset > start + 70 * 1024 ** 2 && offset < end - 3 * 1024 ** 2);
    if (name.includes('much metadata') || name === 'vfat' || name === 'ext4') continue;
    assert.ok(data.length >= 5 && data.every((offset) => found.has(offset)), `data of ${name} was touched`);
  }
}

for (const sectorBytes of [512, 4096] as const) {
  test(`nothing is recognised any more on a disk with ${sectorBytes}-byte sectors, on which the kernel knows no partition`, async () => {
    await using loop = await createLoopDevice({ sizeBytes: laidOutBytes, sectorBytes });
    const laidOut = await layOutDisk(loop);
    assertRecognised(loop, laidOut, sectorBytes);
    const context = createMethodContext(loop.path);
    {
      await using target = await claimTarget(loop.path);
      const evidence = await metadata.run(target, context);
      assert.equal(evidence.details.partitions, laidOut.partitions.length);
      assert.deepEqual(evidence.badRanges, []);
      const checks = await metadata.verify(target, evidence, context);
      assert.deepEqual(
        checks.filter(({ passed }) => !passed),
        [],
      );
      assert.equal(metadata.sanitization(target.disk), null);
    }
    await assertNothingLeft(loop, laidOut, sectorBytes);
    await assertDataLeft(loop, laidOut);
  });
}

test('nothing is recognised any more on a disk of which the kernel knows the partitions', async () => {
  await using loop = await createLoopDevice({ sizeBytes: laidOutBytes });
  const laidOut = await layOutDisk(loop);
  await addPartitions(loop.path);
  const host = createStorageHost([loop.path]);
  const [disk, ...partitions] = (await listBlockDevices(host, { partitions: true })).toSorted((a, b) =>
    a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
  assert.ok(disk);
  await eraseMetadata(disk, partitions, host);
  await assertNothingLeft(loop, laidOut, 512);
});

test('the copies of superblocks that are far out on a large disk go too', async () => {
  const GiB = 1024 ** 3;
  await using loop = await createLoopDevice({ sizeBytes: 1100 * GiB });
  const copies = [64 / 1024, 1, 4, 10, 16, 64, 100, 256, 1000, 1024].map((gib) => gib * GiB);
  const text = Buffer.from('copy of a superblock');
  await writePlaces(
    loop.path,
    copies.map((offset) => ({ offset, bytes: text })),
  );
  const context = createMethodContext(loop.path);
  await using target = await claimTarget(loop.path);
  const { bytes } = await metadata.run(target, context);
  assert.ok(bytes < 23 * 1024 ** 2, `${bytes} bytes are few`);
  const file = await open(loop.backingFile);
  for (const offset of copies) {
    const found = Buffer.alloc(text.length);
    await file.read(found, 0, found.length, offset);
    assert.ok(found.equals(Buffer.alloc(text.length)), `what was at ${offset} is left`);
  }
  await file.close();
});
