import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { BlockDeviceEraseError } from '../../src/errors/catalogue.ts';
import { claimDevice } from '../../src/storage/claim-device.ts';
import { eraseMetadata } from '../../src/storage/erase/metadata.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { addPartitions, createLoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';

const sizeBytes = 64 << 20;

async function listAll(path: string) {
  const host = createStorageHost([path]);
  const devices = await listBlockDevices(host, { partitions: true });
  const disk = devices.find((device) => device.kind === 'disk');
  assert.ok(disk);
  return { host, disk, partitions: devices.filter((device) => device.kind === 'partition') };
}

for (const sectorBytes of [512, 4096] as const) {
  test(`a partitioned disk with ${sectorBytes}-byte sectors looks new afterwards`, async () => {
    await using loop = await createLoopDevice({ sizeBytes, sectorBytes });
    execFileSync('sgdisk', ['--new=1:0:+16M', '--new=2:0:+16M', '--new=3:0:0', loop.path]);
    const [first = '', second = ''] = await addPartitions(loop.path);
    execFileSync('mkfs.ext4', ['-q', first]);
    execFileSync('mkswap', [second]);
    const { host, disk, partitions } = await listAll(loop.path);
    assert.equal(partitions.length, 3);

    await eraseMetadata(disk, partitions, host);

    const image = readFileSync(loop.backingFile);
    assert.ok(
      image.subarray(0, 1 << 20).every((byte) => byte === 0),
      'the first MiB is zero',
    );
    assert.ok(
      image.subarray(-(1 << 20)).every((byte) => byte === 0),
      'the last MiB is zero',
    );
    assert.equal(image.indexOf('EFI PART'), -1);
    assert.equal(image.indexOf('SWAPSPACE2'), -1);
    assert.equal(statSync(first, { throwIfNoEntry: false }), undefined, 'the kernel has forgotten the partitions');
    const signatures = execFileSync('wipefs', ['--no-act', '--noheadings', loop.path], { encoding: 'utf8' });
    assert.equal(signatures, '');
  });
}

test('running it again does no harm', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, disk } = await listAll(loop.path);
  await eraseMetadata(disk, [], host);
  await eraseMetadata(disk, [], host);
});

test('data between the metadata is left alone', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, disk } = await listAll(loop.path);
  await using claim = await claimDevice(disk, host);
  await claim.handle.write(Buffer.from('payload'), 0, 7, 32 << 20);
  await claim.handle.datasync();
  await claim.close();
  await eraseMetadata(disk, [], host);
  assert.equal(readFileSync(loop.backingFile).toString('latin1', 32 << 20, (32 << 20) + 7), 'payload');
});

test('a disk in use is left as it is', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:0', loop.path]);
  const { host, disk } = await listAll(loop.path);
  await using _claim = await claimDevice(disk, host);
  await assert.rejects(eraseMetadata(disk, [], host), BlockDeviceEraseError);
  assert.notEqual(readFileSync(loop.backingFile).indexOf('EFI PART'), -1);
});

test('a partition of another disk is not touched', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await using other = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:0', other.path]);
  await addPartitions(other.path);
  const { disk } = await listAll(loop.path);
  const { partitions } = await listAll(other.path);
  const host = createStorageHost([loop.path, other.path]);
  await assert.rejects(eraseMetadata(disk, partitions, host), /is not on \/dev\/loop/);
});
