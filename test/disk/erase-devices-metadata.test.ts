import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ManagerRegistry } from '../../src/core/hardware-manager.ts';
import type { AgentError } from '../../src/errors/agent-error.ts';
import { eraseDevicesMetadata } from '../../src/steps/erase-devices-metadata.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { type EraseStepScene, startEraseStep } from '../support/erase-step.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';

const sizeBytes = 64 << 20;
const swapSignature = 'SWAPSPACE2';

function start(disks: readonly LoopDevice[], scene: Omit<EraseStepScene, 'devices'> = {}) {
  return startEraseStep(eraseDevicesMetadata, { devices: disks.map(({ path }) => path), ...scene });
}

function hasSwap({ backingFile }: LoopDevice): boolean {
  return readFileSync(backingFile).indexOf(swapSignature) !== -1;
}

async function createSwapDisk(): Promise<LoopDevice> {
  const disk = await createLoopDevice({ sizeBytes });
  execFileSync('mkswap', [disk.path]);
  return disk;
}

test('the step erases every disk, one after the other, and reports each', async () => {
  await using first = await createSwapDisk();
  await using second = await createSwapDisk();
  const { context, result } = start([first, second]);
  const erasures = await result;
  for (const disk of [first, second]) {
    assert.equal(hasSwap(disk), false);
    const { clean, method_done: method, sanitization } = erasures[disk.path] ?? {};
    assert.deepEqual([clean, method, sanitization], [true, 'metadata', null]);
  }
  const counts = context.reports.map(({ done, total }) => `${done}/${total}`);
  assert.deepEqual([...new Set(counts)], ['0/2', '1/2', '2/2']);
});

test('the kernel forgets the partitions', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:+16M', '--new=2:0:0', disk.path]);
  const [first = ''] = await addPartitions(disk.path);
  execFileSync('mkfs.ext4', ['-q', first]);
  await start([disk]).result;
  const rows = JSON.parse(execFileSync('lsblk', ['--json', disk.path], { encoding: 'utf8' }));
  assert.equal(rows.blockdevices[0].children, undefined);
  assert.equal(execFileSync('wipefs', ['--no-act', '--noheadings', disk.path], { encoding: 'utf8' }), '');
});

test('the step has nothing to do and succeeds where there is no disk', async () => {
  assert.deepEqual(await start([]).result, {});
});

test('the step touches no disk when one of them is protected', async () => {
  await using free = await createSwapDisk();
  await using used = await createLoopDevice({ sizeBytes });
  execFileSync('mkfs.ext4', ['-q', used.path]);
  const mountPoint = await mkdtemp(join(tmpdir(), 'ironhand-mount-'));
  execFileSync('mount', [used.path, mountPoint]);
  try {
    await assert.rejects(start([free, used]).result, (error: AgentError) => {
      assert.equal(error.name, 'ProtectedDeviceError');
      assert.match(error.details, new RegExp(`${used.path} is mounted on ${mountPoint}`));
      return true;
    });
  } finally {
    execFileSync('umount', [mountPoint]);
    await rmdir(mountPoint);
  }
  assert.ok(hasSwap(free), 'the free disk was not touched either');
});

test('the step leaves skipped and read-only disks alone', async () => {
  await using kept = await createSwapDisk();
  await using locked = await createLoopDevice({ sizeBytes, readOnly: true });
  await using erased = await createSwapDisk();
  const node = { properties: { skip_block_devices: [{ name: kept.path }] } };
  const { context, result } = start([kept, locked, erased], { node });
  assert.deepEqual(Object.keys(await result), [erased.path]);
  assert.ok(hasSwap(kept));
  const leftOut = context.entries.filter(({ message }) => message === 'disk left out');
  assert.deepEqual(Object.fromEntries(leftOut.map(({ device, why }) => [device, why])), {
    [kept.path]: 'it is on the skip list',
    [locked.path]: 'it is read-only',
  });
});

test('the step touches nothing when the skip list makes no sense', async () => {
  await using disk = await createSwapDisk();
  const node = { properties: { skip_block_devices: [{ nmae: disk.path }] } };
  await assert.rejects(start([disk], { node }).result, { name: 'DeviceNotFound' });
  assert.ok(hasSwap(disk));
});

test('the step goes on to the other disks and names each that failed', async () => {
  await using first = await createSwapDisk();
  await using second = await createSwapDisk();
  await using third = await createSwapDisk();
  const paths = [first.path, second.path, third.path];
  const devices = await listBlockDevices(createStorageHost(paths), { partitions: true });
  const changed = devices.map((device) => (device.path === second.path ? device : { ...device, serial: 'gone' }));
  const managers = { listBlockDevices: async () => changed } as unknown as ManagerRegistry;
  const { run } = eraseDevicesMetadata;
  const step = {
    ...eraseDevicesMetadata,
    run: (args: object, context: Parameters<typeof run>[1]) => run(args, { ...context, managers }),
  };
  await assert.rejects(startEraseStep(step, { devices: paths }).result, (error: AgentError) => {
    assert.equal(error.name, 'BlockDeviceEraseError');
    assert.match(error.details, /^2 of 3 disks are not clean/);
    for (const { path } of [first, third]) {
      assert.match(error.details, new RegExp(`${path}: .*serial was gone`));
    }
    return true;
  });
  assert.equal(hasSwap(second), false, 'the good disk was erased');
  assert.ok(hasSwap(first) && hasSwap(third));
});

test('a step whose worker stops begins no further disk', async () => {
  await using first = await createSwapDisk();
  await using second = await createSwapDisk();
  const abort = new AbortController();
  const { run } = eraseDevicesMetadata;
  const step = {
    ...eraseDevicesMetadata,
    run: (args: object, context: Parameters<typeof run>[1]) =>
      run(args, { ...context, report: ({ done }) => (done === 1 ? abort.abort(new Error('stop')) : undefined) }),
  };
  const devices = [first.path, second.path];
  await assert.rejects(startEraseStep(step, { devices, signal: abort.signal }).result, /stop/);
  assert.deepEqual([hasSwap(first), hasSwap(second)], [false, true]);
});
