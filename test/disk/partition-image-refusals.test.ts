import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { RunTool } from '../../src/core/tool.ts';
import type { AgentError } from '../../src/errors/agent-error.ts';
import { ToolError } from '../../src/errors/tool-error.ts';
import { preparePartitions } from '../../src/image/partition-image/prepare.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { type PrepareOptions, preparation, prepare } from '../support/prepared-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 128 * MiB;

/** Both ends of the disk: there lie the tables. */
function endsOf({ backingFile }: LoopDevice): Buffer {
  const bytes = readFileSync(backingFile);
  return Buffer.concat([bytes.subarray(0, MiB), bytes.subarray(-MiB)]);
}

const refusals: readonly (readonly [string, PrepareOptions, RegExp])[] = [
  [
    'the partitions do not fit',
    { info: { root_mb: 64 } },
    /\(efi 64, root 64 MiB\) need a disk up to 129 MiB; this one has 128 MiB/,
  ],
  ['the image is larger than root', { boot: 'bios-gpt', rootImageBytes: 64 * MiB + 1 }, /image has 65 MiB.* 64 MiB/],
  ['root has no size', { info: { root_mb: 0 } }, /root_mb is 0/],
  [
    'the file system of the ephemeral partition is unknown',
    { boot: 'bios-gpt', info: { ephemeral_mb: 10, ephemeral_format: 'ntfs' } },
    /ephemeral_format ntfs is not known, only ext2, ext3, ext4, vfat, xfs, btrfs/,
  ],
  [
    'the ephemeral partition is too small for its file system',
    { boot: 'bios-gpt', info: { ephemeral_mb: 10, ephemeral_format: 'xfs' } },
    /ephemeral_format xfs needs 300 MiB, ephemeral_mb is 10/,
  ],
];

for (const [name, options, message] of refusals) {
  test(`nothing is touched where ${name}`, async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    writeFileSync(disk.backingFile, randomBytes(MiB), { flag: 'r+' });
    const before = endsOf(disk);
    await assert.rejects(prepare(disk, options), (error: AgentError) => {
      assert.equal(error.name, 'InvalidCommandParamsError');
      assert.match(error.details, message);
      assert.match(error.details, /the disk was not touched$/);
      return true;
    });
    assert.equal(endsOf(disk).compare(before), 0);
  });
}

test('nothing is touched where the program for the ephemeral partition is not in the ramdisk', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 512 * MiB });
  writeFileSync(disk.backingFile, randomBytes(MiB), { flag: 'r+' });
  const before = endsOf(disk);
  const info = { ephemeral_mb: 300, ephemeral_format: 'xfs' };
  const { context, request } = await preparation(disk, { boot: 'bios-gpt', info });
  const run: RunTool = async (call) => {
    if (call.program !== 'mkfs.xfs') return context.run(call);
    throw new ToolError(call, { exitCode: null, why: 'mkfs.xfs is not installed (looked in /x)', stderrTail: '' });
  };
  await assert.rejects(preparePartitions(request, { ...context, run }), {
    name: 'InvalidCommandParamsError',
    details:
      /ephemeral_format xfs needs mkfs\.xfs \(xfsprogs\), which is not in this ramdisk; the disk was not touched/,
  });
  assert.equal(endsOf(disk).compare(before), 0);
});

test('a device that was not named is not touched', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  await using other = await createLoopDevice({ sizeBytes });
  writeFileSync(disk.backingFile, randomBytes(MiB), { flag: 'r+' });
  const before = endsOf(disk);
  const options = { boot: 'bios-gpt', context: { devices: [other.path] } } as const;
  await assert.rejects(prepare(disk, options), { name: 'SafetyLatchError' });
  assert.equal(endsOf(disk).compare(before), 0);
});

test('an aborted job touches nothing', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  writeFileSync(disk.backingFile, randomBytes(MiB), { flag: 'r+' });
  const before = endsOf(disk);
  const signal = AbortSignal.abort(new Error('stop'));
  await assert.rejects(prepare(disk, { boot: 'bios-gpt', context: { signal } }), /stop/);
  assert.equal(endsOf(disk).compare(before), 0);
});

test('a table that does not read back as it was written fails the deployment', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  const { context, request } = await preparation(disk, { boot: 'bios-gpt' });
  const run: RunTool = async (call) => {
    if (call.program !== 'sfdisk' || call.input === undefined) return context.run(call);
    return context.run({ ...call, input: call.input.replace('size=131072', 'size=131071') });
  };
  await assert.rejects(preparePartitions(request, { ...context, run }), {
    name: 'ImageWriteError',
    details: /wrote the partition table .*131072.*, read back .*131071/,
  });
});

test('a program that fails ends the deployment only when the others have ended', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  const { context, request } = await preparation(disk, { info: { root_mb: 10, ephemeral_mb: 20, swap_mb: 20 } });
  let running = 0;
  const run: RunTool = async (call) => {
    if (call.program === 'mke2fs') throw new ToolError(call, { exitCode: 1, why: 'exit code 1', stderrTail: 'no' });
    running += 1;
    try {
      return await context.run(call);
    } finally {
      running -= 1;
    }
  };
  await assert.rejects(preparePartitions(request, { ...context, run }), /mke2fs .*exit code 1: no/);
  assert.equal(running, 0);
});

test('partitions that the kernel does not show fail the deployment', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  const { context, request } = await preparation(disk, { boot: 'bios-gpt' });
  const run: RunTool = async (call) =>
    call.program === 'partx' ? { stdout: '', stderr: '', exitCode: 0 } : context.run(call);
  await assert.rejects(preparePartitions(request, { ...context, run }), {
    name: 'ImageWriteError',
    details: /should have partitions 1, 2; after 5 s the kernel shows none$/,
  });
});

test('a partition that begins elsewhere than planned fails the deployment', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  const { context, request } = await preparation(disk, { boot: 'bios-gpt' });
  const add = (...args: string[]) => execFileSync('addpart', [disk.path, ...args]);
  const run: RunTool = async (call) => {
    if (call.program !== 'partx' || call.args[0] !== '--update') return context.run(call);
    add('1', '2048', '2048');
    add('2', '4104', '131072');
    return { stdout: '', stderr: '', exitCode: 0 };
  };
  await assert.rejects(preparePartitions(request, { ...context, run }), {
    name: 'ImageWriteError',
    details: /p2 has 67108864 bytes from 2101248 on, planned are 67108864 from 2097152 on$/,
  });
});

test('nothing is touched of a device of the device mapper', async () => {
  await using disk = await createLoopDevice({ sizeBytes });
  const { context, request } = await preparation(disk, { boot: 'bios-gpt' });
  const device = { ...request.device, path: '/dev/dm-7', disk: '/dev/dm-7' };
  await assert.rejects(preparePartitions({ ...request, device }, context), {
    name: 'InvalidCommandParamsError',
    details: /on \/dev\/dm-7: it is a device of the device mapper.*; the disk was not touched/,
  });
});
