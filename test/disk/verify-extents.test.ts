import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { ExtentRecord, extentBytes } from '../../src/image/disk/extent-record.ts';
import { type VerifyReport, type VerifyRequest, verifyExtents } from '../../src/image/disk/verify-extents.ts';
import { planVerify } from '../../src/image/disk/verify-plan.ts';
import { allocateBlocks } from '../../src/image/stream/block-pool.ts';
import { DeviceReadError, type DiskTarget } from '../../src/storage/device-io/disk-target.ts';
import { createLoopDevice, type LoopDevice, type LoopDeviceOptions } from '../support/loop-device.ts';

const memory = allocateBlocks(4);
const hex = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0');

interface WrittenDevice extends AsyncDisposable {
  readonly disk: LoopDevice;
  readonly target: DiskTarget;
  readonly record: ExtentRecord;
  /** What the device holds. */
  readonly content: Buffer;
}

/** A device of so many MiB with random data, a hole of zeros in its middle third, and an odd number of bytes at the end. */
async function writtenDevice(options: LoopDeviceOptions): Promise<WrittenDevice> {
  const disk = await createLoopDevice(options);
  const content = Buffer.alloc(disk.sizeBytes);
  const third = Math.floor(disk.sizeBytes / 3);
  randomFillSync(content, 0, third);
  randomFillSync(content, 2 * third, third - 1000);
  await using file = await open(disk.path, 'r+');
  await file.write(content);
  await file.sync();
  const record = new ExtentRecord();
  for (let at = 0; at < third; at += 65_536) record.record(at, content.subarray(at, Math.min(third, at + 65_536)));
  record.recordZeros(third, third);
  record.record(2 * third, content.subarray(2 * third, 3 * third - 1000));
  const handle = await open(disk.path, constants.O_RDWR | constants.O_DIRECT);
  const { path, sizeBytes } = disk;
  const target = { handle, path, sizeBytes, sectorBytes: options.sectorBytes ?? 512 };
  return {
    disk,
    target,
    record,
    content,
    async [Symbol.asyncDispose]() {
      await handle.close();
      await disk[Symbol.asyncDispose]();
    },
  };
}

function verify(device: WrittenDevice, more: Partial<VerifyRequest> = {}): Promise<VerifyReport> {
  const { target, record } = device;
  const { signal } = new AbortController();
  return verifyExtents({ target, record, mode: 'full', seed: 'job', memory, signal, onProgress: () => {}, ...more });
}

/** Turns a byte of the device over where the device does not see it happen: in its backing file. */
async function flip({ disk, content }: WrittenDevice, ...offsets: readonly number[]): Promise<void> {
  await using file = await open(disk.backingFile, 'r+');
  for (const offset of offsets) {
    content[offset] = (content[offset] ?? 0) ^ 0x10;
    await file.write(content, offset, 1, offset);
  }
  await file.sync();
}

for (const sectorBytes of [512, 4096] as const) {
  test(`a device of ${sectorBytes}-byte sectors that holds what was written has no difference`, async () => {
    await using device = await writtenDevice({ sizeBytes: 30 << 20, sectorBytes });
    const progress: number[] = [];
    const report = await verify(device, {
      onProgress: (done, total) => {
        progress.push(done);
        assert.equal(total, 30 * 2 ** 20 - 1000);
      },
    });
    assert.deepEqual(report, {
      mode: 'full',
      checkedBytes: 30 * 2 ** 20 - 1000,
      checkedExtents: 30,
      extentCount: 30,
      uncheckedBytes: 0,
      differenceCount: 0,
      differences: [],
    });
    assert.deepEqual([progress[0], progress.at(-1)], [0, report.checkedBytes]);
    assert.deepEqual(
      progress,
      progress.toSorted((a, b) => a - b),
    );
  });
}

test('exactly the extents that were changed behind its back are named, data and zeros, though the page cache has the old ones', async () => {
  await using device = await writtenDevice({ sizeBytes: 30 << 20 });
  await using cached = await open(device.disk.path, 'r');
  const before = await cached.read(Buffer.alloc(30 << 20), 0, 30 << 20, 0);
  const { content } = device;
  const old = (offset: number, length: number): string => hex(content.subarray(offset, offset + length));
  const first = old(0, extentBytes);
  const last = old(29 * extentBytes, extentBytes - 1000);
  const wanted = [0, extentBytes - 1, 15 * extentBytes + 77, 30 * extentBytes - 1001];
  await flip(device, ...wanted);
  const after = await cached.read(Buffer.alloc(30 << 20), 0, 30 << 20, 0);
  assert.ok(after.buffer.equals(before.buffer), 'the page cache still has what was written');

  const { differences, differenceCount } = await verify(device);
  assert.equal(differenceCount, 3);
  const now = (offset: number, length: number): string => hex(content.subarray(offset, offset + length));
  assert.deepEqual(differences, [
    { offset: 0, length: extentBytes, expected: first, found: now(0, extentBytes) },
    { offset: 15 * extentBytes, length: extentBytes, expected: 'zeros', found: now(15 * extentBytes, extentBytes) },
    {
      offset: 29 * extentBytes,
      length: extentBytes - 1000,
      expected: last,
      found: now(29 * extentBytes, extentBytes - 1000),
    },
  ]);
});

test('what lies beside the extents, in the same sector too, is not looked at', async () => {
  await using device = await writtenDevice({ sizeBytes: 30 << 20 });
  await flip(device, 30 * extentBytes - 1000, 30 * extentBytes - 1);
  assert.equal((await verify(device)).differenceCount, 0);
});

test('a sample finds what was changed in an extent that it takes, and only there', async () => {
  await using device = await writtenDevice({ sizeBytes: 150 << 20 });
  const sampled = [...planVerify(device.record, 'sample', 'job').checks];
  assert.equal(sampled.length, 64);
  const [hit] = sampled.slice(20);
  assert.ok(hit);
  const missed = Array.from({ length: 150 }, (_, index) => index * extentBytes).find(
    (offset) => !sampled.some((extent) => extent.offset === offset),
  );
  assert.ok(missed);
  await flip(device, hit.offset + 5, missed + 5);
  const { differences, ...report } = await verify(device, { mode: 'sample' });
  assert.deepEqual([report.differenceCount, differences[0]?.offset], [1, hit.offset]);
  assert.deepEqual([report.checkedExtents, report.extentCount], [64, 150]);
  assert.equal((await verify(device)).differenceCount, 2);
});

test('of many differences all are counted and the first are named', async () => {
  await using device = await writtenDevice({ sizeBytes: 150 << 20 });
  const places = Array.from({ length: 60 }, (_, index) => 2 * index * extentBytes);
  await flip(device, ...places);
  const { differenceCount, differences } = await verify(device);
  assert.equal(differenceCount, 60);
  assert.deepEqual(
    differences.map(({ offset }) => offset),
    places.slice(0, 32),
  );
});

test('what the device does not answer is an error, not a difference', async () => {
  await using device = await writtenDevice({ sizeBytes: 3 << 20 });
  device.record.record(3 << 20, Buffer.alloc(4096));
  await assert.rejects(verify(device), DeviceReadError);
});

test('it stops when it is told to, and no read is under way any more', async () => {
  await using device = await writtenDevice({ sizeBytes: 150 << 20 });
  const controller = new AbortController();
  const { signal } = controller;
  const stopped = verify(device, { signal, onProgress: (done) => done > 0 && controller.abort(new Error('enough')) });
  await assert.rejects(stopped, { message: 'enough' });
  const [block] = memory.blocks;
  const was = Buffer.from(block?.bytes ?? []);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(was.equals(Buffer.from(block?.bytes ?? [])));
  await assert.rejects(verify(device, { signal }), { message: 'enough' });
});
