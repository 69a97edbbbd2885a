import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { type DriveTarget, writeConfigDrive } from '../../../../src/image/config-drive/write-drive.ts';
import { createDiskWriter } from '../../../../src/image/disk/disk-writer.ts';
import { allocateAligned } from '../../../../src/storage/device-io/aligned-memory.ts';
import { DeviceWriteError, writeAt } from '../../../../src/storage/device-io/disk-target.ts';
import { createFileTarget } from '../disk/file-target.ts';

const MiB = 1024 * 1024;
const { signal } = new AbortController();

interface MemoryDisk extends DriveTarget {
  readonly bytes: Buffer;
  readonly done: string[];
}

function memoryDisk(sizeBytes: number): MemoryDisk {
  const bytes = Buffer.alloc(sizeBytes, 0xa5);
  const done: string[] = [];
  return {
    bytes,
    done,
    zero: async (offset, length) => {
      bytes.fill(0, offset, offset + length);
      done.push('zero');
    },
    write: async (piece, offset) => {
      assert.ok(offset + piece.length <= bytes.length);
      bytes.set(piece, offset);
      done.push('write');
    },
    flush: async () => void done.push('flush'),
    read: async (into, offset) => {
      into.set(bytes.subarray(offset, offset + into.length));
      done.push('read');
    },
  };
}

describe('the writing of a config drive', () => {
  it('fills its partition with the drive and zeros, touches nothing else, and reads back after a flush', async () => {
    for (const driveBytes of [1, 2048, 4 * MiB, 9 * MiB + 512, 10 * MiB]) {
      const disk = memoryDisk(16 * MiB);
      const drive = randomBytes(driveBytes);
      await writeConfigDrive(disk, { offset: 3 * MiB, length: 10 * MiB }, drive, signal);
      const expected = Buffer.alloc(16 * MiB, 0xa5).fill(0, 3 * MiB, 13 * MiB);
      drive.copy(expected, 3 * MiB);
      assert.equal(Buffer.compare(disk.bytes, expected), 0);
      assert.match(disk.done.join(' '), /^zero (write )+flush( read)+$/);
    }
  });

  it('fills a partition that reaches to the end of the disk', async () => {
    const disk = memoryDisk(16 * MiB);
    await writeConfigDrive(disk, { offset: 3 * MiB, length: 13 * MiB }, Uint8Array.of(7), signal);
    const expected = Buffer.alloc(16 * MiB, 0xa5)
      .fill(0, 3 * MiB)
      .fill(7, 3 * MiB, 3 * MiB + 1);
    assert.equal(Buffer.compare(disk.bytes, expected), 0);
  });

  it('replaces what the image has written where the disk was zeroed before', async () => {
    await using disk = await createFileTarget(16 * MiB);
    const zeroing = {
      zero: async (offset: number, length: number) => {
        await writeAt(disk.target, allocateAligned(length), offset);
        return true;
      },
    };
    const writer = createDiskWriter({ target: disk.target, zeroing });
    const image = Buffer.alloc(12 * MiB).fill(0x77, 4 * MiB);
    await writer.zeroAhead(image, 0, image.length);
    await writer.write(image, 0);
    const drive = Buffer.alloc(2 * MiB).fill(1, MiB, MiB + 9);
    await writeConfigDrive(writer, { offset: 5 * MiB, length: 6 * MiB }, drive, signal);
    const expected = Buffer.from(image)
      .fill(0, 5 * MiB, 11 * MiB)
      .fill(1, 6 * MiB, 6 * MiB + 9);
    const written = (await disk.content()).subarray(MiB, image.length);
    assert.equal(Buffer.compare(written, expected.subarray(MiB)), 0);
  });

  it('zeros of a large partition the first 64 MiB and the last one', async () => {
    const disk = memoryDisk(104 * MiB);
    const drive = randomBytes(MiB);
    await writeConfigDrive(disk, { offset: 2 * MiB, length: 100 * MiB }, drive, signal);
    const expected = Buffer.alloc(104 * MiB, 0xa5)
      .fill(0, 2 * MiB, 66 * MiB)
      .fill(0, 101 * MiB, 102 * MiB);
    drive.copy(expected, 2 * MiB);
    assert.equal(Buffer.compare(disk.bytes, expected), 0);
  });

  it('fails where something else is read, in the drive or behind it, and says only where', async () => {
    for (const wrong of [3 * MiB + 700, 12 * MiB + 1]) {
      const disk = memoryDisk(16 * MiB);
      const flush = async () => void disk.bytes.writeUInt8(0x77, wrong);
      const writing = writeConfigDrive(
        { ...disk, flush },
        { offset: 3 * MiB, length: 10 * MiB },
        randomBytes(MiB),
        signal,
      );
      await assert.rejects(writing, (error: Error) => {
        assert.ok(error instanceof DeviceWriteError);
        assert.match(error.message, /^the config drive reads back differently within \d+ bytes at \d+$/);
        return true;
      });
    }
  });

  it('stops when it is told to', async () => {
    const disk = memoryDisk(16 * MiB);
    const aborted = AbortSignal.abort(new Error('enough'));
    await assert.rejects(
      writeConfigDrive(disk, { offset: 0, length: MiB }, randomBytes(9), aborted),
      /^Error: enough$/,
    );
    assert.deepEqual(disk.done, []);
  });
});
