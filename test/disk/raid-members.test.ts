import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { readTargetFacts } from '../../src/storage/erase/targets/read-target-facts.ts';
import { selectEraseTargets } from '../../src/storage/erase/targets/select-targets.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { readRaidMembers } from '../../src/storage/read-raid-members.ts';
import { addPartitions, createLoopDevice } from '../support/loop-device.ts';
import { type MdVersion, mdSignature, mdVersions } from '../support/signatures/md.ts';
import { createStorageHost } from '../support/storage-host.ts';

const MiB = 1 << 20;
const sizeBytes = 64 * MiB;

/** Lays a superblock of a mirror named `host:mdVERSION` out in a part of a disk. */
async function writeMember(disk: string, version: MdVersion, part = { start: 0, sizeBytes }): Promise<void> {
  const file = await open(disk, 'r+');
  for (const { offset, bytes } of mdSignature(version).place(part.sizeBytes)) {
    await file.write(bytes, 0, bytes.length, part.start + offset);
  }
  await file.datasync();
  await file.close();
}

async function membersOf(path: string) {
  const host = createStorageHost([path]);
  return readRaidMembers(await listBlockDevices(host, { partitions: true }), host);
}

/** 0.90 has no names. */
const nameOf = (version: MdVersion): string | null => (version === '0.90' ? null : `host:md${version}`);

for (const version of mdVersions) {
  test(`a superblock ${version} tells the name of its array on a disk and in a partition, known to the kernel or not`, async () => {
    const arrayName = nameOf(version);
    await using whole = await createLoopDevice({ sizeBytes });
    await writeMember(whole.path, version);
    assert.deepEqual(await membersOf(whole.path), [{ where: whole.path, disk: whole.path, arrayName }]);

    await using split = await createLoopDevice({ sizeBytes });
    execFileSync('sgdisk', ['--new=1:2048:+20M', '--new=2:0:+20M', split.path]);
    await writeMember(split.path, version, { start: MiB, sizeBytes: 20 * MiB });
    const hidden = { where: `partition 1 of ${split.path}`, disk: split.path, arrayName };
    assert.deepEqual(await membersOf(split.path), [hidden]);
    const [first = ''] = await addPartitions(split.path);
    assert.deepEqual(await membersOf(split.path), [{ ...hidden, where: first }]);
  });
}

test('the skip list keeps the members of an array by its name, and takes no chance with those of none', async () => {
  await using named = await createLoopDevice({ sizeBytes });
  await using nameless = await createLoopDevice({ sizeBytes });
  await using other = await createLoopDevice({ sizeBytes });
  await writeMember(named.path, '1.2');
  await writeMember(nameless.path, '0.90');
  await writeMember(other.path, '1.0');
  const host = createStorageHost([named.path, nameless.path, other.path]);
  const devices = await listBlockDevices(host, { partitions: true });
  const select = async (skip: readonly unknown[]) => {
    const node = { uuid: 'n', properties: { skip_block_devices: skip } };
    const facts = await readTargetFacts(devices, node, host);
    const found = selectEraseTargets(devices, node, { dissolveArrays: false, skipReadOnly: false }, facts);
    return {
      disks: found.disks.map(({ disk }) => disk.path),
      leftOut: found.leftOut.map(({ device }) => device),
      refused: found.refusals.map(({ device }) => device),
    };
  };
  const all = [named.path, nameless.path, other.path];
  assert.deepEqual(await select([]), { disks: all, leftOut: [], refused: [] });
  assert.deepEqual(await select([{ volume_name: 'md1.2' }]), {
    disks: [other.path],
    leftOut: [named.path],
    refused: [nameless.path],
  });
});

test('a device that cannot be searched counts as a member of unknown name', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const host = createStorageHost([loop.path]);
  const devices = await listBlockDevices(host, { partitions: true });
  const failing = { ...host, run: () => Promise.reject(new Error('wipefs: input/output error')) };
  const unknown = [{ where: loop.path, disk: loop.path, arrayName: null }];
  assert.deepEqual(await readRaidMembers(devices, failing), unknown);
});
