import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DeviceZeroing } from '../../../../src/image/disk/device-zeroing.ts';
import { createDiskWriter } from '../../../../src/image/disk/disk-writer.ts';
import { writeHeld } from '../../../../src/image/disk/write-held.ts';
import { allocateAligned } from '../../../../src/storage/device-io/aligned-memory.ts';
import { createFileTarget, type FileTarget } from './file-target.ts';

const MiB = 1024 * 1024;
const { signal } = new AbortController();

/** The device's own zeros, and where they were made. */
function zeroingOf(disk: FileTarget, able = true): DeviceZeroing & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    async zero(offset, length) {
      if (!able) return false;
      calls.push(`${offset}+${length}`);
      await disk.target.handle.write(allocateAligned(length), 0, length, offset);
      disk.done.pop();
      return true;
    },
  };
}

test('the first and the last MiB are held back until the end, the boot sector is the last of all', async () => {
  await using disk = await createFileTarget(8 * MiB);
  const writer = createDiskWriter({ target: disk.target, zeroing: zeroingOf(disk) });
  const image = allocateAligned(8 * MiB).fill(7);
  await writer.write(image, 0);
  assert.deepEqual(disk.done, [`${MiB}+${6 * MiB}`]);
  const before = await disk.content();
  assert.ok([before.subarray(0, MiB), before.subarray(-MiB)].every((part) => part.every((byte) => byte === 0xa5)));

  await writeHeld(writer, signal);
  const tail = `${7 * MiB}+${MiB}`;
  assert.deepEqual(disk.done.slice(1), ['flush', tail, 'flush', `4096+${MiB - 4096}`, 'flush', '0+4096', 'flush']);
  assert.ok((await disk.content()).equals(image));
});

test('zeros are left out where the device has zeroed, and written where it cannot', async () => {
  for (const able of [true, false]) {
    await using disk = await createFileTarget(8 * MiB);
    const zeroing = zeroingOf(disk, able);
    const writer = createDiskWriter({ target: disk.target, zeroing });
    const image = allocateAligned(4 * MiB)
      .fill(7)
      .fill(0, MiB, 2 * MiB);
    await writer.zeroAhead(image, 2 * MiB, 8 * MiB);
    await writer.write(image, 2 * MiB);
    assert.deepEqual(zeroing.calls, able ? [`${2 * MiB}+${5 * MiB}`] : []);
    const zerosWritten = disk.done.includes(`${3 * MiB}+${MiB}`);
    assert.equal(zerosWritten, !able);
    assert.ok((await disk.content()).subarray(2 * MiB, 6 * MiB).equals(image));
  }
});

test('the device zeroes nothing as long as there are no zeros, and nothing that was written before', async () => {
  await using disk = await createFileTarget(8 * MiB);
  const zeroing = zeroingOf(disk);
  const writer = createDiskWriter({ target: disk.target, zeroing });
  const noise = allocateAligned(MiB).fill(9);
  await writer.zeroAhead(noise, 2 * MiB, 8 * MiB);
  await writer.write(noise, 2 * MiB);
  assert.deepEqual(zeroing.calls, []);
  const zeros = allocateAligned(MiB);
  await writer.zeroAhead(zeros, 3 * MiB, 5 * MiB + 100);
  await writer.write(zeros, 3 * MiB);
  assert.deepEqual(zeroing.calls, [`${3 * MiB}+${2 * MiB + 512}`]);
  const content = await disk.content();
  assert.ok(content.subarray(2 * MiB, 3 * MiB).equals(noise));
  assert.ok(content.subarray(3 * MiB, 4 * MiB).equals(zeros));
});

test('whatever is written where, in any order, at any alignment, ends up there and nowhere else', async () => {
  const size = 4 * MiB;
  const piece = fc.record({ at: fc.nat(size - 1), length: fc.integer({ min: 1, max: 300_000 }), shift: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }),
      fc.constantFrom(512 as const, 4096 as const),
      async (all, sector) => {
        await using disk = await createFileTarget(size, sector);
        const writer = createDiskWriter({ target: disk.target, zeroing: zeroingOf(disk) });
        const expected = Buffer.alloc(size, 0xa5);
        writer.held.head.bytes.fill(0xa5);
        writer.held.tail.bytes.fill(0xa5);
        const apart = withoutOverlap(
          all.map(({ at, length, shift }) => ({ at: at - (at % 512), length, shift })),
          size,
        );
        const memory = allocateAligned(size + MiB);
        await Promise.all(
          apart
            .map(({ at, length, shift }, index) => {
              const bytes = memory.subarray(at + shift * 128, at + shift * 128 + length);
              return { at, bytes: Buffer.from(bytes.fill(index + 1)) };
            })
            .map(({ at, bytes }) => {
              bytes.copy(expected, at);
              return writer.write(bytes, at);
            }),
        );
        const read = new Uint8Array(size);
        await writer.read(read, 0);
        assert.ok(expected.equals(read), 'as it will be');
        await writeHeld(writer, signal);
        assert.ok(expected.equals(await disk.content()), 'as it is');
      },
    ),
    { numRuns: 30 },
  );
});

interface Piece {
  readonly at: number;
  readonly length: number;
  readonly shift: number;
}

function withoutOverlap(pieces: readonly Piece[], size: number): readonly Piece[] {
  const taken: Piece[] = [];
  for (const piece of pieces) {
    const fits = piece.at + piece.length <= size;
    const free = taken.every(({ at, length }) => piece.at + piece.length <= at || at + length <= piece.at);
    if (fits && free) taken.push(piece);
  }
  return taken;
}

test('a range is zeroed to the end of its last sector, by the device or by hand, and the held parts stay out of it', async () => {
  for (const able of [true, false]) {
    await using disk = await createFileTarget(4 * MiB, 4096);
    const zeroing = zeroingOf(disk, able);
    const writer = createDiskWriter({ target: disk.target, zeroing });
    await writer.zero(0, 2 * MiB + 512);
    const content = await disk.content();
    assert.ok(content.subarray(MiB, 2 * MiB + 4096).every((byte) => byte === 0));
    assert.ok(content.subarray(2 * MiB + 4096).every((byte) => byte === 0xa5));
    assert.ok(content.subarray(0, MiB).every((byte) => byte === 0xa5));
  }
});

test('neighbouring ranges that were zeroed one after the other are known as one, and its zeros are not written again', async () => {
  for (const able of [true, false]) {
    await using disk = await createFileTarget(8 * MiB);
    const writer = createDiskWriter({ target: disk.target, zeroing: zeroingOf(disk, able) });
    await writer.zero(0, 3 * MiB);
    await writer.zero(3 * MiB, 3 * MiB);
    disk.done.splice(0);
    const image = allocateAligned(4 * MiB).fill(7, 0, MiB);
    await writer.write(image, 2 * MiB);
    assert.deepEqual(disk.done, [`${2 * MiB}+${MiB}`]);
    assert.ok((await disk.content()).subarray(2 * MiB, 6 * MiB).equals(image));
  }
});

test('what is written over is not left out, although the place was zeroed once', async () => {
  await using disk = await createFileTarget(8 * MiB);
  const writer = createDiskWriter({ target: disk.target, zeroing: zeroingOf(disk) });
  await writer.zero(0, 8 * MiB);
  await writer.write(allocateAligned(6 * MiB).fill(7), 0);
  await writer.rewrite(allocateAligned(MiB), 2 * MiB);
  await writer.zero(0, MiB / 2);
  const read = Buffer.alloc(8 * MiB);
  await writer.read(read, 0);
  const expected = Buffer.alloc(8 * MiB)
    .fill(7, MiB / 2, 6 * MiB)
    .fill(0, 2 * MiB, 3 * MiB);
  assert.ok(read.equals(expected));
});

test('nothing is written beyond the device', async () => {
  await using disk = await createFileTarget(2 * MiB);
  const writer = createDiskWriter({ target: disk.target, zeroing: zeroingOf(disk) });
  await assert.rejects(writer.write(allocateAligned(4096), 2 * MiB - 512), /bytes 2096640 to 2100736 of 2097152/);
  assert.deepEqual(disk.done, []);
});
