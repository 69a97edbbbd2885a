import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, open, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProgressReport } from '../../src/core/progress.ts';
import type { RunTool } from '../../src/core/tool.ts';
import type { AgentError } from '../../src/errors/agent-error.ts';
import { BlockDeviceEraseError } from '../../src/errors/catalogue.ts';
import { eraseDevicesMetadata } from '../../src/steps/erase-devices-metadata.ts';
import { claimDevice } from '../../src/storage/claim-device.ts';
import { eraseMetadata } from '../../src/storage/erase/metadata/erase-metadata.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { addPartitions, createLoopDevice } from '../support/loop-device.ts';
import { createStorageStepContext } from '../support/step-context.ts';
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

/** A VMFS member is known by four bytes at 1 MiB. */
async function writeVmfsMember(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.from([0x0d, 0xd0, 0x01, 0xc0]), 0, 4, 1 << 20);
  await file.close();
}

test('a signature goes wherever it is', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await writeVmfsMember(loop.path);
  const { host, disk } = await listAll(loop.path);
  await eraseMetadata(disk, [], host);
  assert.equal(execFileSync('wipefs', ['--no-act', '--noheadings', loop.path], { encoding: 'utf8' }), '');
});

test('a signature that stays is a failure', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { host, disk } = await listAll(loop.path);
  const run: RunTool = async (call) => {
    if (call.args.includes('--all')) await writeVmfsMember(loop.path);
    return call.args.includes('--all') ? { stdout: '', stderr: '', exitCode: 0 } : host.run(call);
  };
  await assert.rejects(eraseMetadata(disk, [], { ...host, run }), {
    name: 'BlockDeviceEraseError',
    details: `${disk.path}: a signature is left: VMFS_volume_member at byte 1048576`,
  });
});

test('bytes that do not read back as zero are a failure', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:0', loop.path]);
  await addPartitions(loop.path);
  const { host, disk } = await listAll(loop.path);
  const run: RunTool = async (call) => {
    if (call.program === 'wipefs') {
      const file = await open(loop.path, 'r+');
      await file.write(Buffer.from('x'), 0, 1, 70_000);
      await file.datasync();
      await file.close();
    }
    return host.run(call);
  };
  await assert.rejects(eraseMetadata(disk, [], { ...host, run }), {
    details: `${disk.path}: byte 70000 was written as zero and reads back otherwise`,
  });
});

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

test('the step erases every disk and reports each', async () => {
  await using first = await createLoopDevice({ sizeBytes });
  await using second = await createLoopDevice({ sizeBytes });
  for (const { path } of [first, second]) execFileSync('mkswap', [path]);
  const context = createStorageStepContext(createStorageHost([first.path, second.path]));
  assert.equal(await eraseDevicesMetadata.run({}, context), null);
  for (const { backingFile } of [first, second]) assert.equal(readFileSync(backingFile).indexOf('SWAPSPACE2'), -1);
  assert.deepEqual(
    context.reports.map(({ done, total }) => `${done}/${total}`),
    ['0/2', '1/2', '2/2'],
  );
});

test('the step has nothing to do and succeeds where there is no disk', async () => {
  assert.equal(await eraseDevicesMetadata.run({}, createStorageStepContext(createStorageHost([]))), null);
});

test('the step touches no disk when one of them is protected', async () => {
  await using free = await createLoopDevice({ sizeBytes });
  await using used = await createLoopDevice({ sizeBytes });
  execFileSync('mkswap', [free.path]);
  execFileSync('mkfs.ext4', ['-q', used.path]);
  const mountPoint = await mkdtemp(join(tmpdir(), 'ironhand-mount-'));
  execFileSync('mount', [used.path, mountPoint]);
  try {
    const context = createStorageStepContext(createStorageHost([free.path, used.path]));
    await assert.rejects(async () => eraseDevicesMetadata.run({}, context), {
      name: 'ProtectedDeviceError',
      details: `${used.path} is mounted on ${mountPoint}`,
    });
  } finally {
    execFileSync('umount', [mountPoint]);
    await rmdir(mountPoint);
  }
  assert.notEqual(readFileSync(free.backingFile).indexOf('SWAPSPACE2'), -1, 'the free disk was not touched either');
});

test('the step leaves skipped and read-only disks alone', async () => {
  await using kept = await createLoopDevice({ sizeBytes });
  execFileSync('mkswap', [kept.path]);
  await using locked = await createLoopDevice({ sizeBytes, readOnly: true });
  await using erased = await createLoopDevice({ sizeBytes });
  const host = createStorageHost([kept.path, locked.path, erased.path]);
  const node = { properties: { skip_block_devices: [{ name: kept.path }] } };
  await eraseDevicesMetadata.run({}, createStorageStepContext(host, { node }));
  assert.notEqual(readFileSync(kept.backingFile).indexOf('SWAPSPACE2'), -1);
  const leftOut = host.entries.filter(({ message }) => message === 'disk left out').map(({ why }) => why);
  assert.deepEqual(leftOut, ['it is on the skip list', 'it is read-only']);
});

test('the step touches nothing when the skip list makes no sense', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('mkswap', [loop.path]);
  const node = { properties: { skip_block_devices: [{ nmae: loop.path }] } };
  const context = createStorageStepContext(createStorageHost([loop.path]), { node });
  await assert.rejects(async () => eraseDevicesMetadata.run({}, context), { name: 'DeviceNotFound' });
  assert.notEqual(readFileSync(loop.backingFile).indexOf('SWAPSPACE2'), -1);
});

test('the step goes on to the other disks and names each that failed', async () => {
  await using first = await createLoopDevice({ sizeBytes });
  await using second = await createLoopDevice({ sizeBytes });
  await using third = await createLoopDevice({ sizeBytes });
  const paths = [first.path, second.path, third.path];
  const host = createStorageHost(paths);
  const devices = await listBlockDevices(host, { partitions: true });
  const changed = devices.map((device) => (device.path === second.path ? device : { ...device, serial: 'gone' }));
  execFileSync('mkswap', [second.path]);
  await assert.rejects(
    async () => eraseDevicesMetadata.run({}, createStorageStepContext(host, { devices: changed })),
    (error: AgentError) => {
      assert.equal(error.name, 'BlockDeviceEraseError');
      assert.match(error.details, new RegExp(`^${first.path}: .*serial was gone.*; ${third.path}: .*serial was gone`));
      return true;
    },
  );
  assert.equal(readFileSync(second.backingFile).indexOf('SWAPSPACE2'), -1, 'the good disk was erased');
});

test('an aborted step stops before the next disk', async () => {
  await using first = await createLoopDevice({ sizeBytes });
  await using second = await createLoopDevice({ sizeBytes });
  for (const { path } of [first, second]) execFileSync('mkswap', [path]);
  const abort = new AbortController();
  const host = createStorageHost([first.path, second.path]);
  const context = createStorageStepContext({ ...host, signal: abort.signal });
  const report = ({ done }: ProgressReport): void => {
    if (done === 1) abort.abort(new Error('stop'));
  };
  await assert.rejects(async () => eraseDevicesMetadata.run({}, { ...context, report }), /stop/);
  assert.notEqual(readFileSync(second.backingFile).indexOf('SWAPSPACE2'), -1);
});
