import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { SafetyLatchError } from '../../src/errors/catalogue.ts';
import { claimDevice, DeviceClaimError } from '../../src/storage/claim-device.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';

const sizeBytes = 16 << 20;

async function listOne(loop: LoopDevice) {
  const host = createStorageHost([loop.path]);
  const [device] = await listBlockDevices(host, { partitions: false });
  assert.ok(device);
  return { host, device };
}

test('a claimed device can be written and read', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  await using claim = await claimDevice(device, host);
  await claim.handle.write(Buffer.from('ironhand'), 0, 8, 4096);
  await claim.handle.datasync();
  assert.equal(readFileSync(loop.backingFile).toString('latin1', 4096, 4104), 'ironhand');
});

test('of two claims only the first gets the device, and the second when the first has gone', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  const first = await claimDevice(device, host);
  await assert.rejects(claimDevice(device, host, { direct: true }), (error: Error) => {
    assert.ok(error instanceof DeviceClaimError);
    assert.match(error.message, new RegExp(`^cannot open ${device.path} for writing: it is in use`));
    return true;
  });
  await first.close();
  await (await claimDevice(device, host)).close();
});

test('a partition of a claimed disk cannot be claimed', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:0', loop.path]);
  await addPartitions(loop.path);
  const host = createStorageHost([loop.path]);
  const [disk, partition] = await listBlockDevices(host, { partitions: true });
  assert.ok(disk && partition);
  await using _claim = await claimDevice(disk, host);
  await assert.rejects(claimDevice(partition, host), DeviceClaimError);
});

test('a device that was not named is not even opened', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { device } = await listOne(loop);
  await assert.rejects(claimDevice(device, createStorageHost([])), SafetyLatchError);
});

test('another disk that took the name is not claimed', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  execFileSync('losetup', ['--detach', loop.path]);
  execFileSync('losetup', [loop.path, loop.backingFile]);
  await assert.rejects(claimDevice(device, host), /diskSequence was \d+ and is \d+/);
});

test('a disk that changed its size is not claimed', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  await truncate(loop.backingFile, 2 * sizeBytes);
  execFileSync('losetup', ['--set-capacity', loop.path]);
  await assert.rejects(claimDevice(device, host), {
    name: 'DeviceClaimError',
    message: `${device.path} is not the device that was meant: sizeBytes was 16777216 and is 33554432`,
  });
});

test('a failed claim leaves the device free', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  await assert.rejects(claimDevice({ ...device, serial: 'S1' }, host), /serial was S1 and is null/);
  await (await claimDevice(device, host)).close();
});

test('a node that is not the one of the kernel is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-claim-'));
  const path = join(directory, 'node');
  const [major = '', minor = ''] = readFileSync(`/sys/class/block/${basename(device.path)}/dev`, 'utf8').split(':');
  execFileSync('mknod', [path, 'b', major, minor.trim()]);
  await assert.rejects(claimDevice({ ...device, path }, host), {
    name: 'DeviceClaimError',
    message: `${path} is not a node of that device but of ${device.path}`,
  });
  await rm(directory, { recursive: true });
});

test('a description that gives the node of another device is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await using other = await createLoopDevice({ sizeBytes });
  const { device } = await listOne(loop);
  const host = createStorageHost([loop.path, other.path]);
  await assert.rejects(claimDevice({ ...device, path: other.path }, host), DeviceClaimError);
});
