import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceWriteError } from '../../../src/image/disk/disk-target.ts';
import { allocateBlocks, blockBytes, createBlockPool } from '../../../src/image/stream/block-pool.ts';
import type { ByteSource } from '../../../src/image/stream/byte-source.ts';
import { startHashThread } from '../../../src/image/stream/hash-thread.ts';
import { headBytes, streamToDisk } from '../../../src/image/stream-to-disk.ts';

const sizeBytes = 12 * blockBytes + 1000;
const image = randomBytes(sizeBytes);

interface Write {
  readonly start: number;
  readonly end: number;
}

/** A source of the image that fails when it was closed for a reason. */
function memorySource(fail?: { readonly at: number; readonly error: Error }): ByteSource {
  let offset = 0;
  let closedFor: Error | undefined;
  return {
    sizeBytes,
    async fill(into) {
      await sleep(1);
      if (closedFor) throw closedFor;
      if (fail && offset >= fail.at) throw fail.error;
      const piece = image.subarray(offset, offset + into.length);
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
  readonly writes: readonly Write[];
  readonly mostInFlight: number;
  readonly inFlight: number;
  readonly handle: FileHandle;
}

/** A disk in memory that takes its time; `failAt` is the offset from which on it takes nothing. */
function memoryDisk(failAt = Number.POSITIVE_INFINITY): Disk {
  const bytes = new Uint8Array(sizeBytes + 512);
  const writes: Write[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const handle = {
    async write(from: Uint8Array, _start: number, length: number, position: number) {
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      await sleep(20);
      inFlight -= 1;
      if (position >= failAt)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      bytes.set(from.subarray(0, length), position);
      writes.push({ start: position, end: position + length });
      return { bytesWritten: length, buffer: from };
    },
  } as unknown as FileHandle;
  return {
    bytes,
    writes,
    handle,
    get mostInFlight() {
      return mostInFlight;
    },
    get inFlight() {
      return inFlight;
    },
  };
}

async function stream(disk: Disk, source: ByteSource, signal = new AbortController().signal) {
  const memory = allocateBlocks();
  const hash = startHashThread('sha256', memory.buffer);
  const pool = createBlockPool(memory.blocks);
  try {
    const block = await pool.take();
    const first = { block, offset: 0, length: await source.fill(block.bytes) };
    const target = { handle: disk.handle, path: '/dev/test', sizeBytes: sizeBytes + 512, sectorBytes: 512 };
    return await streamToDisk({ source, first, target, pool, hash, signal, onWritten: () => undefined });
  } finally {
    assert.equal(disk.inFlight, 0, 'writes are under way');
    await hash.close();
  }
}

test('holds back the head and the last two blocks, and writes everything between once', async () => {
  const disk = memoryDisk();
  const held = await stream(disk, memorySource());
  assert.equal(held.digest, createHash('sha256').update(image).digest('hex'));
  assert.equal(held.sizeBytes, sizeBytes);
  assert.equal(held.head.offset, 0);
  assert.deepEqual(
    held.tail.map(({ offset, length }) => [offset, length]),
    [
      [11 * blockBytes, blockBytes],
      [12 * blockBytes, 1000],
    ],
  );
  const written = disk.writes.toSorted((a, b) => a.start - b.start);
  assert.equal(written[0]?.start, headBytes);
  for (const [index, { start }] of written.slice(1).entries()) assert.equal(start, written[index]?.end);
  assert.equal(written.at(-1)?.end, 11 * blockBytes);
  const between = [headBytes, 11 * blockBytes] as const;
  assert.ok(Buffer.from(disk.bytes.subarray(...between)).equals(image.subarray(...between)));
  assert.ok(disk.mostInFlight > 1);
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
  await assert.rejects(stream(memoryDisk(10 * blockBytes), memorySource()), DeviceWriteError);
});

test('a source that fails ends the stream, and no write is left under way', async () => {
  const disk = memoryDisk();
  const error = new Error('cut');
  await assert.rejects(stream(disk, memorySource({ at: 5 * blockBytes, error })), /^Error: cut$/);
  assert.ok(disk.bytes.subarray(0, headBytes).every((byte) => byte === 0));
});

test('nothing is written after an abort that came before', async () => {
  const disk = memoryDisk();
  await assert.rejects(stream(disk, memorySource(), AbortSignal.abort(new Error('enough'))), /^Error: enough$/);
  assert.equal(disk.writes.length, 0);
});

test('an abort ends the stream with its reason', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 15);
  const disk = memoryDisk();
  await assert.rejects(stream(disk, memorySource(), controller.signal), /^Error: enough$/);
});
