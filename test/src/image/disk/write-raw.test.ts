import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceZeroing } from '../../../../src/image/disk/device-zeroing.ts';
import { createDiskWriter } from '../../../../src/image/disk/disk-writer.ts';
import { writeRaw } from '../../../../src/image/disk/write-raw.ts';
import { allocateBlocks, blockBytes } from '../../../../src/image/stream/block-pool.ts';
import type { ByteSource } from '../../../../src/image/stream/byte-source.ts';
import { startHashThread } from '../../../../src/image/stream/hash-thread.ts';
import { servedBlocks } from '../../../../src/image/stream/served-blocks.ts';
import { DeviceWriteError } from '../../../../src/storage/device-io/disk-target.ts';

const MiB = 1024 * 1024;
const sizeBytes = 12 * blockBytes + 1000;
const image = randomBytes(sizeBytes);

/** A source of the image that fails when it was closed for a reason. */
function memorySource(fail?: { readonly at: number; readonly error: Error }, bytes: Buffer = image): ByteSource {
  let offset = 0;
  let closedFor: Error | undefined;
  return {
    sizeBytes,
    async fill(into) {
      await sleep(1);
      if (closedFor) throw closedFor;
      if (fail && offset >= fail.at) throw fail.error;
      const piece = bytes.subarray(offset, offset + into.length);
      into.set(piece);
      offset += piece.length;
      return piece.length;
    },
    close(reason) {
      closedFor ??= reason;
    },
  };
}

interface Disk {
  readonly bytes: Uint8Array;
  readonly mostInFlight: number;
  readonly inFlight: number;
  readonly handle: FileHandle;
}

/** A disk in memory that takes its time; `failAt` is the offset from which on it takes nothing. */
function memoryDisk(failAt = Number.POSITIVE_INFINITY): Disk {
  const bytes = new Uint8Array(16 * blockBytes);
  let inFlight = 0;
  let mostInFlight = 0;
  const handle = {
    async write(from: Uint8Array, _start: number, length: number, position: number) {
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      await sleep(20);
      inFlight -= 1;
      if (position >= failAt) {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      }
      bytes.set(from.subarray(0, length), position);
      return { bytesWritten: length, buffer: from };
    },
  } as unknown as FileHandle;
  return {
    bytes,
    handle,
    get mostInFlight() {
      return mostInFlight;
    },
    get inFlight() {
      return inFlight;
    },
  };
}

async function stream(
  disk: Disk,
  source: ByteSource,
  signal = new AbortController().signal,
  check: (end: number) => void = (end) =>
    assert.ok(Buffer.from(disk.bytes.subarray(MiB, end)).equals(image.subarray(MiB, end)), `settled ${end}`),
  zeroing: DeviceZeroing = { zero: async () => false },
) {
  const memory = allocateBlocks(6);
  const hash = startHashThread('sha256', memory.buffer);
  const target = { handle: disk.handle, path: '/dev/test', sizeBytes: 16 * blockBytes, sectorBytes: 512 };
  const writer = createDiskWriter({ target, zeroing });
  const settled: number[] = [];
  const blocks = servedBlocks({ source, from: 0, hash, memory });
  try {
    const size = await writeRaw({
      blocks,
      writer,
      sizeBytes,
      signal,
      onSettled(offset) {
        check(Math.min(offset, sizeBytes));
        settled.push(offset);
      },
    });
    return { size, digest: await hash.digest(), settled, writer };
  } finally {
    assert.equal(disk.inFlight, 0, 'writes are under way');
    await blocks.close();
    await hash.close();
  }
}

test('writes everything but the head, several blocks at once, and tells truly up to where all is written', async () => {
  const disk = memoryDisk();
  const { size, digest, settled, writer } = await stream(disk, memorySource());
  assert.equal(digest, createHash('sha256').update(image).digest('hex'));
  assert.equal(size, sizeBytes);
  assert.ok(Buffer.from(disk.bytes.subarray(MiB, sizeBytes)).equals(image.subarray(MiB)));
  assert.ok(disk.bytes.subarray(0, MiB).every((byte) => byte === 0));
  assert.ok(Buffer.from(writer.held.head.bytes).equals(image.subarray(0, MiB)));
  assert.ok(disk.mostInFlight > 1);
  assert.equal(settled.at(-1), sizeBytes);
  assert.deepEqual(
    settled,
    settled.toSorted((a, b) => a - b),
  );
});

test('a block that waits for its zeros does not count as written when those before it are', async () => {
  const disk = memoryDisk();
  const holed = Buffer.from(image);
  for (let at = 2 * blockBytes; at < 12 * blockBytes; at += blockBytes) holed.fill(0, at, at + MiB);
  const zeroing: DeviceZeroing = {
    async zero(offset, length) {
      await sleep(60);
      disk.bytes.fill(0, offset, offset + length);
      return offset > 8 * blockBytes; // gives in late, so that it is asked for each block
    },
  };
  const check = (end: number): void =>
    assert.ok(Buffer.from(disk.bytes.subarray(MiB, end)).equals(holed.subarray(MiB, end)), `settled ${end}`);
  const { settled } = await stream(disk, memorySource(undefined, holed), undefined, check, zeroing);
  assert.ok(settled.length > 5, `${settled}`);
});

test('a write that fails ends the stream with device, offset and length, and no write is left under way', async () => {
  const disk = memoryDisk(3 * blockBytes);
  await assert.rejects(stream(disk, memorySource()), (error) => {
    assert.ok(error instanceof DeviceWriteError, String(error));
    assert.match(error.message, /^\/dev\/test: cannot write 4194304 bytes at offset 12582912: ENOSPC/);
    return true;
  });
});

test('a write that fails after the last byte was read is noticed', async () => {
  await assert.rejects(stream(memoryDisk(12 * blockBytes), memorySource()), DeviceWriteError);
});

test('a source that fails ends the stream, and no write is left under way', async () => {
  const disk = memoryDisk();
  const error = new Error('cut');
  await assert.rejects(stream(disk, memorySource({ at: 5 * blockBytes, error })), /^Error: cut$/);
  assert.ok(disk.bytes.subarray(0, MiB).every((byte) => byte === 0));
});

test('nothing is written after an abort that came before', async () => {
  const disk = memoryDisk();
  await assert.rejects(stream(disk, memorySource(), AbortSignal.abort(new Error('enough'))), /^Error: enough$/);
  assert.ok(disk.bytes.every((byte) => byte === 0));
});

test('an abort ends the stream with its reason', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 15);
  await assert.rejects(stream(memoryDisk(), memorySource(), controller.signal), /^Error: enough$/);
});

test('an image that turns out larger than the disk ends there, and nothing is written beyond its end', async () => {
  const source = memorySource();
  const endless = { ...source, fill: (into: Uint8Array) => source.fill(into).then(() => into.length) };
  const disk = memoryDisk();
  const written = stream(disk, endless, undefined, () => undefined);
  await assert.rejects(written, { name: 'DiskTooSmallError', message: /has 67108864 bytes, the image has more/ });
});
