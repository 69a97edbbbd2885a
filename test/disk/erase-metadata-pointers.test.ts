import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eraseMetadataOf, placesOf } from '../support/erased-metadata.ts';
import { writePlaces } from '../support/laid-out-disk.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { mdSignature } from '../support/signatures/md.ts';
import { nothing, recogniseDevice } from '../support/signatures/recognise.ts';
import { MiB, type TestSignature } from '../support/signatures/signature.ts';
import { bcacheBucketBytes, bcacheCache, bcacheJournalBuckets, ddf, imsm, zfs } from '../support/signatures/volumes.ts';

const sizeBytes = 128 * MiB;

const onWholeDisks: Readonly<Record<string, TestSignature | ((sectorBytes: number) => TestSignature)>> = {
  imsm,
  zfs,
  ddf,
  'bcache cache': bcacheCache,
  ...Object.fromEntries(
    (['0.90', '1.0', '1.1', '1.2'] as const).map((version) => [`md ${version}`, mdSignature(version)]),
  ),
};

for (const [name, signature] of Object.entries(onWholeDisks)) {
  test(`${name} on a disk without partitions goes, with all that it points to`, async () => {
    for (const sectorBytes of [512, 4096] as const) {
      await using loop = await createLoopDevice({ sizeBytes, sectorBytes });
      const { type, place } = typeof signature === 'function' ? signature(sectorBytes) : signature;
      const places = place(sizeBytes);
      await writePlaces(loop.path, places);
      assert.equal(recogniseDevice(loop.path).type, type);
      await eraseMetadataOf(loop);
      assert.deepEqual(recogniseDevice(loop.path), nothing);
      const bytes = readFileSync(loop.backingFile);
      for (const { offset, bytes: written } of places) {
        const found = bytes.subarray(offset, offset + written.length);
        assert.ok(found.equals(Buffer.alloc(written.length)), `${name}: what was at ${offset} is left`);
      }
    }
  });
}

test('the journal of bcache lies beyond what is zeroed anyway', () => {
  assert.ok(Math.min(...bcacheJournalBuckets) * bcacheBucketBytes > 20 * MiB);
});

test('a metadata area of LVM goes to its end', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const config = 'devices { use_devicesfile=0 } backup { backup=0 archive=0 } activation { udev_sync=0 udev_rules=0 }';
  const options = ['--yes', '--force', '--force', '--metadatasize', '60m', '--config', config];
  execFileSync('pvcreate', [...options, loop.path], { stdio: 'ignore' });
  // The text of the metadata goes round in its area.
  await writePlaces(loop.path, [{ offset: 59 * MiB, bytes: Buffer.from('volume_group { id = "x"') }]);
  await eraseMetadataOf(loop);
  assert.deepEqual(placesOf(loop, 'volume_group'), []);
});
