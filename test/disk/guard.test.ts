import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Config } from '../../src/core/config.ts';
import type { IronicNode } from '../../src/core/ironic-node.ts';
import type { RunTool } from '../../src/core/tool.ts';
import { assertMayDestroy } from '../../src/storage/guard.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { createFaultyDisk } from '../support/faulty-disk.ts';
import { addPartitions, createLoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';

const sizeBytes = 64 << 20;

/** The details of the refusal, or null when the device may be destroyed. */
async function judge(
  loops: readonly { readonly path: string }[],
  options: { config?: Partial<Config>; node?: Partial<IronicNode>; run?: (run: RunTool) => RunTool } = {},
): Promise<string | null> {
  const host = createStorageHost(
    loops.map(({ path }) => path),
    options.config,
  );
  const targets = await listBlockDevices(host, { partitions: true });
  const run = options.run?.(host.run) ?? host.run;
  try {
    await assertMayDestroy(targets, { ...host, run }, { node: { uuid: 'n', ...options.node } });
    return null;
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'ProtectedDeviceError', String(error));
    return (error as Error & { details: string }).details;
  }
}

/** GFS2 is known by its superblock at 64 KiB (gfs2_ondisk.h): magic, type, and the two format numbers. */
async function writeGfs2(path: string, offset = 0): Promise<void> {
  const superblock = Buffer.alloc(4096);
  superblock.writeUInt32BE(0x01161970, 0);
  superblock.writeUInt32BE(1, 4);
  superblock.writeUInt32BE(1801, 24);
  superblock.writeUInt32BE(1900, 28);
  const file = await open(path, 'r+');
  await file.write(superblock, 0, superblock.length, offset + 65_536);
  await file.datasync();
  await file.close();
}

async function writeBytes(path: string, bytes: readonly number[], offset: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.from(bytes), 0, bytes.length, offset);
  await file.datasync();
  await file.close();
}

test('free disks, with old content or without, may be destroyed', async () => {
  await using empty = await createLoopDevice({ sizeBytes });
  await using used = await createLoopDevice({ sizeBytes, sectorBytes: 4096 });
  execFileSync('sgdisk', ['--new=1:0:+20M', '--new=2:0:0', used.path]);
  const [first = ''] = await addPartitions(used.path);
  execFileSync('mkfs.ext4', ['-q', first]);
  assert.equal(await judge([empty, used]), null);
});

test('a disk with contradicting signatures may be destroyed: it is only dirty', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('mkfs.ext4', ['-q', loop.path]);
  const file = await open(loop.path, 'r+');
  await file.write('SWAPSPACE2', 4096 - 10);
  await file.close();
  assert.equal(await judge([loop]), null);
});

test('a read-only disk is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes, readOnly: true });
  assert.equal(await judge([loop]), `${loop.path} is read-only`);
});

test('a disk that became read-only after it was listed is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const host = createStorageHost([loop.path]);
  const targets = await listBlockDevices(host, { partitions: false });
  execFileSync('blockdev', ['--setro', loop.path]);
  try {
    await assert.rejects(assertMayDestroy(targets, host, { node: { uuid: 'n' } }), /is read-only/);
  } finally {
    execFileSync('blockdev', ['--setrw', loop.path]);
  }
});

test('a disk with a mounted partition is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('sgdisk', ['--new=1:0:0', loop.path]);
  const [partition = ''] = await addPartitions(loop.path);
  execFileSync('mkfs.ext4', ['-q', partition]);
  const mountPoint = await mkdtemp(join(tmpdir(), 'ironhand mount-'));
  execFileSync('mount', [partition, mountPoint]);
  try {
    assert.equal(await judge([loop]), `${partition} is mounted on ${mountPoint}`);
  } finally {
    execFileSync('umount', [mountPoint]);
    await rmdir(mountPoint);
  }
  assert.equal(await judge([loop]), null);
});

test('a swap area is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('mkswap', [loop.path]);
  execFileSync('swapon', [loop.path]);
  try {
    assert.equal(await judge([loop]), `${loop.path} is used as swap`);
  } finally {
    execFileSync('swapoff', [loop.path]);
  }
});

test('a disk that another process has to itself is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const handle = await open(loop.path, constants.O_RDONLY | constants.O_EXCL);
  try {
    assert.equal(await judge([loop]), `${loop.path} is in use: the kernel or another process has it to itself`);
  } finally {
    await handle.close();
  }
  assert.equal(await judge([loop]), null);
});

test('a disk with a sector that cannot be read is refused', async () => {
  await using disk = await createFaultyDisk({ sizeBytes });
  disk.failReads({ start: sizeBytes - 512, end: sizeBytes });
  assert.match((await judge([disk])) ?? '', new RegExp(`^${disk.path} cannot be `));
});

test('the parameter floppy of Ironic is refused', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('mkfs.vfat', ['-n', 'IR-VFD-DEV', loop.path]);
  assert.match((await judge([loop])) ?? '', /must stay: it is virtual media of Ironic \(label IR-VFD-DEV\)$/);
});

suite('clustered file systems', () => {
  test('GFS2 on a whole disk is refused', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    await writeGfs2(loop.path);
    assert.equal(await judge([loop]), `${loop.path} holds GFS2, which other machines may be using`);
  });

  test('GFS2 in a partition is refused, whether the kernel knows the partition or not', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    execFileSync('sgdisk', ['--new=1:0:+10M', '--new=2:0:0', loop.path]);
    await writeGfs2(loop.path, 11 << 20);
    assert.match((await judge([loop])) ?? '', /^partition 2 of .* holds GFS2/);
    const [, second = ''] = await addPartitions(loop.path);
    assert.match((await judge([loop])) ?? '', new RegExp(`^${second} holds GFS2`));
  });

  test('a VMFS or GPFS partition is refused by its type alone', async () => {
    await using vmfs = await createLoopDevice({ sizeBytes });
    execFileSync('sgdisk', ['--new=1:0:0', '--typecode=1:AA31E02A-400F-11DB-9590-000C2911D1B8', vmfs.path]);
    await using gpfs = await createLoopDevice({ sizeBytes, sectorBytes: 4096 });
    execFileSync('sgdisk', ['--new=1:0:0', '--typecode=1:37AFFC90-EF7D-4E96-91C3-2D7AE055B174', gpfs.path]);
    await addPartitions(gpfs.path);
    const refusal = (await judge([vmfs, gpfs])) ?? '';
    assert.match(refusal, new RegExp(`partition 1 of ${vmfs.path} holds VMFS`));
    assert.match(refusal, new RegExp(`${gpfs.path}p1 holds GPFS`));
  });

  test('a disk is judged with its partitions also where only the disk is asked for', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    execFileSync('sgdisk', ['--new=1:0:0', '--typecode=1:37AFFC90-EF7D-4E96-91C3-2D7AE055B174', loop.path]);
    await addPartitions(loop.path);
    const host = createStorageHost([loop.path]);
    const targets = await listBlockDevices(host, { partitions: false });
    await assert.rejects(assertMayDestroy(targets, host, { node: { uuid: 'n' } }), /p1 holds GPFS/);
  });

  const signatures = [
    ['VMFS', 1 << 20, [0x0d, 0xd0, 0x01, 0xc0]],
    ['VMFS', 2 << 20, [0x5e, 0xf1, 0xab, 0x2f]],
    ['OCFS2', 1024, [...Buffer.from('OCFSV2')]],
    ['OCFS2', 8192, [...Buffer.from('OCFSV2')]],
  ] as const;
  for (const [name, offset, bytes] of signatures) {
    test(`${name} is refused by its signature at byte ${offset}, on a disk and in a partition that the kernel does not know`, async () => {
      await using whole = await createLoopDevice({ sizeBytes });
      await writeBytes(whole.path, bytes, offset);
      assert.equal(await judge([whole]), `${whole.path} holds ${name}, which other machines may be using`);
      await using split = await createLoopDevice({ sizeBytes });
      execFileSync('sgdisk', ['--new=1:0:+20M', '--new=2:0:0', split.path]);
      await writeBytes(split.path, bytes, (21 << 20) + offset);
      assert.match((await judge([split])) ?? '', new RegExp(`^partition 2 of ${split.path} holds ${name}`));
    });
  }

  test('VMFS in an MBR is refused', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    execFileSync('sgdisk', ['--new=1:0:0', '--typecode=1:FB00', '--gpttombr=1', loop.path]);
    assert.match((await judge([loop])) ?? '', /^partition 1 of .* holds VMFS/);
  });

  test('the option and the node can each lift that refusal, and only that', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    await writeGfs2(loop.path);
    assert.equal(await judge([loop], { config: { guardSpecialFilesystems: false } }), null);
    const off = { driver_internal_info: { wipe_special_filesystems: false } };
    assert.equal(await judge([loop], { node: off }), null);
    const on = { driver_internal_info: { wipe_special_filesystems: true } };
    assert.match((await judge([loop], { node: on })) ?? '', /GFS2/);
    await using locked = await createLoopDevice({ sizeBytes, readOnly: true });
    assert.equal(await judge([locked], { node: off }), `${locked.path} is read-only`);
  });
});

for (const program of ['wipefs', 'partx']) {
  test(`a disk is refused when ${program} fails`, async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    const failing =
      (run: RunTool): RunTool =>
      async (call) =>
        call.program === program ? run({ ...call, args: ['--no-such-option'] }) : run(call);
    assert.match(
      (await judge([loop], { run: failing })) ?? '',
      new RegExp(`^${loop.path} cannot be judged: ${program} `),
    );
  });
}

test('a disk that is gone is refused', async () => {
  const loop = await createLoopDevice({ sizeBytes });
  const host = createStorageHost([loop.path]);
  const targets = await listBlockDevices(host, { partitions: false });
  await loop[Symbol.asyncDispose]();
  const gone = targets.map((target) => ({ ...target, path: '/dev/loop4095', disk: '/dev/loop4095' }));
  await assert.rejects(assertMayDestroy(gone, host, { node: { uuid: 'n' } }), /\/dev\/loop4095 cannot be judged/);
});

test('all refusals are told at once', async () => {
  await using first = await createLoopDevice({ sizeBytes, readOnly: true });
  await using second = await createLoopDevice({ sizeBytes });
  await writeGfs2(second.path);
  const refusal = await judge([first, second]);
  assert.equal(refusal, `${first.path} is read-only; ${second.path} holds GFS2, which other machines may be using`);
});
