import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, readFileSync } from 'node:fs';
import { mkdtemp, open, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
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

test('a device that somebody has to himself for a moment, to see whether it is free, is waited for', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  const look = await open(device.path, constants.O_RDONLY | constants.O_EXCL);
  const claim = claimDevice(device, host, { lookersPatienceMilliseconds: 30_000 });
  await sleep(300);
  await look.close();
  await (await claim).close();
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

/** A program that has the device open, as one of a killed worker might have. Says so before it is given back. */
async function opener(path: string, redirection: '<>' | '<'): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', `exec 3${redirection}"$0"; echo open; exec sleep 60`, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

test('a device that another process can still write to is waited for, and then refused with its name', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, device } = await listOne(loop);
  const writer = await opener(device.path, '<>');
  try {
    await assert.rejects(claimDevice(device, host, { othersPatienceMilliseconds: 150 }), {
      name: 'DeviceClaimError',
      message: `cannot have ${device.path} alone: process ${writer.pid} (sleep) has ${device.path} open for writing`,
    });
    const claim = claimDevice(device, host);
    setTimeout(() => writer.kill('SIGKILL'), 300);
    await (await claim).close();
    assert.ok(writer.killed);
    assert.ok(host.entries.some(({ message }) => String(message).startsWith('waiting for another process')));
  } finally {
    writer.kill('SIGKILL');
  }
});

test('who only reads does not matter, who writes to a partition of a disk or to the disk of a partition does', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sfdisk', ['--quiet', loop.path], { input: 'label: gpt\nstart=2048, size=2048\n' });
  await addPartitions(loop.path);
  const host = createStorageHost([loop.path]);
  const [disk, partition] = await listBlockDevices(host, { partitions: true });
  assert.ok(disk && partition);
  const reader = await opener(disk.path, '<');
  const quick = { othersPatienceMilliseconds: 50 };
  try {
    await (await claimDevice(disk, host, quick)).close();
  } finally {
    reader.kill('SIGKILL');
  }
  for (const [open, claim] of [
    [partition, disk],
    [disk, partition],
  ] as const) {
    const writer = await opener(open.path, '<>');
    try {
      await assert.rejects(claimDevice(claim, host, quick), new RegExp(`has ${open.path} open for writing`));
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
  }
});
