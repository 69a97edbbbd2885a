import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { RunTool } from '../../src/core/tool.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { addPartitions, createLoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';

const sizeBytes = 64 << 20;

test('outside a ramdisk nothing exists but what was named', async () => {
  await using named = await createLoopDevice({ sizeBytes });
  await using _other = await createLoopDevice({ sizeBytes });
  const devices = await listBlockDevices(createStorageHost([named.path]), { partitions: true });
  assert.deepEqual(
    devices.map(({ path }) => path),
    [named.path],
  );
});

test('where nothing was named, no program is asked', async () => {
  const host = createStorageHost([]);
  assert.deepEqual(await listBlockDevices(host, { partitions: true }), []);
  assert.deepEqual(host.entries, []);
});

test('disks and partitions are described from lsblk, sysfs and their own content', async () => {
  await using loop = await createLoopDevice({ sizeBytes, sectorBytes: 4096 });
  execFileSync('sgdisk', ['--new=1:0:+10M', '--typecode=1:EF00', '--new=2:0:0', loop.path]);
  const [, second = ''] = await addPartitions(loop.path);
  execFileSync('mkfs.ext4', ['-q', '-L', 'root', second]);
  const host = createStorageHost([loop.path]);
  const [disk, esp, root] = await listBlockDevices(host, { partitions: true });
  assert.ok(disk && esp && root);
  assert.deepEqual([disk.sizeBytes, disk.logicalSectorBytes, disk.readOnly], [sizeBytes, 4096, false]);
  assert.match(disk.partitionTableUuid ?? '', /^[0-9a-f-]{36}$/);
  assert.ok(disk.diskSequence && disk.diskSequence > 0);
  assert.equal(esp.partitionType, 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b');
  assert.deepEqual([root.kind, root.disk, root.fileSystem, root.label], ['partition', loop.path, 'ext4', 'root']);
  assert.deepEqual(await listBlockDevices(host, { partitions: false }), [disk]);
});

test('a list that cannot be made is an error, not an empty list', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const host = createStorageHost([loop.path]);
  const run: RunTool = async (call) => host.run({ ...call, args: ['--no-such-option'] });
  await assert.rejects(listBlockDevices({ ...host, run }, { partitions: false }), { name: 'ToolError' });
});
