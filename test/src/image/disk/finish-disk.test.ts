import assert from 'node:assert/strict';
import { type FileHandle, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { finishDisk } from '../../../../src/image/disk/finish-disk.ts';
import { allocateBlocks, blockBytes } from '../../../../src/image/stream/block-pool.ts';
import { headBytes, type Piece } from '../../../../src/image/stream-to-disk.ts';
import { gptImage } from '../../../support/gpt-image.ts';

const MiB = 1024 * 1024;
const diskBytes = 16 * MiB;

/** A disk in a file that takes down what is done to it, in order. */
async function recordedDisk(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-finish-'));
  const path = join(directory, 'disk');
  const file = await open(path, 'w+');
  await file.truncate(diskBytes);
  t.after(async () => {
    await file.close();
    await rm(directory, { recursive: true });
  });
  const done: string[] = [];
  const handle = {
    async write(bytes: Uint8Array, start: number, length: number, position: number) {
      done.push(`${position}+${length}`);
      return file.write(bytes, start, length, position);
    },
    async datasync() {
      done.push('flush');
    },
  } as unknown as FileHandle;
  return { done, path, target: { handle, path, sizeBytes: diskBytes, sectorBytes: 512 } };
}

/** An image of two blocks, all of it held back. */
function heldImage(image: Uint8Array) {
  const [one, two, spare] = allocateBlocks(3).blocks;
  assert.ok(one && two && spare);
  const pieces: Piece[] = [one, two].map((block, index) => {
    const bytes = image.subarray(index * blockBytes, (index + 1) * blockBytes);
    block.bytes.set(bytes);
    return { block, offset: index * blockBytes, length: bytes.length };
  });
  const [head] = pieces;
  assert.ok(head);
  return { held: { head, tail: pieces, sizeBytes: image.length, digest: '' }, spare };
}

test('the head is written last, and of it the boot sector last of all, each after a flush of everything else', async (t) => {
  const disk = await recordedDisk(t);
  const image = gptImage({ sizeBytes: 7 * MiB });
  const { signal } = new AbortController();
  const { backupMoved } = await finishDisk({ target: disk.target, ...heldImage(image), signal });
  assert.equal(backupMoved, true);
  assert.deepEqual(disk.done, [
    `${headBytes}+${blockBytes - headBytes}`,
    `${blockBytes}+${3 * MiB}`,
    'flush',
    `${diskBytes - 33 * 512}+${32 * 512}`,
    `${diskBytes - 512}+512`,
    'flush',
    `4096+${headBytes - 4096}`,
    'flush',
    '0+4096',
    'flush',
  ]);
  const bytes = await readFile(disk.path);
  assert.ok(bytes.subarray(headBytes, image.length).equals(image.subarray(headBytes)));
});

test('with a bad table the head is not written', async (t) => {
  const disk = await recordedDisk(t);
  const image = gptImage({ sizeBytes: 7 * MiB }).fill(0xff, 1024, 1030);
  const { signal } = new AbortController();
  await assert.rejects(finishDisk({ target: disk.target, ...heldImage(image), signal }), /GPT entries: checksum/);
  assert.equal(disk.done.at(-1), 'flush');
  assert.ok(!disk.done.some((entry) => /^(0|4096)\+/.test(entry)));
});

test('after an abort the head is not written', async (t) => {
  const disk = await recordedDisk(t);
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  const finish = { target: disk.target, ...heldImage(gptImage({ sizeBytes: 7 * MiB })), signal: controller.signal };
  await assert.rejects(finishDisk(finish), /^Error: enough$/);
  assert.ok(!disk.done.some((entry) => /^(0|4096)\+/.test(entry)));
});

test('finds GPT entries that lie behind the head', async (t) => {
  const disk = await recordedDisk(t);
  const { signal } = new AbortController();
  const { table } = await finishDisk({ target: disk.target, ...heldImage(withDistantEntries()), signal });
  assert.equal(table.kind === 'gpt' && table.gpt.partitions[0]?.name, 'root');
});

test('a disk that gives fewer bytes than asked for fails with the place, and the head is not written', async (t) => {
  const disk = await recordedDisk(t);
  const path = `${disk.path}-short`;
  await writeFile(path, Buffer.alloc(distantEntries + 512));
  const { signal } = new AbortController();
  const finish = { target: { ...disk.target, path }, ...heldImage(withDistantEntries()), signal };
  await assert.rejects(finishDisk(finish), {
    name: 'DeviceReadError',
    message: `${path}: cannot read 16384 bytes at offset ${distantEntries}: the device gave 512`,
  });
  assert.ok(!disk.done.some((entry) => /^(0|4096)\+/.test(entry)));
});

test('an image whose GPT points beyond the disk has a bad table', async (t) => {
  const disk = await recordedDisk(t);
  const { signal } = new AbortController();
  const finish = { target: disk.target, ...heldImage(withDistantEntries(diskBytes - 512)), signal };
  await assert.rejects(finishDisk(finish), {
    name: 'PartitionTableError',
    message: /beyond the disk: bytes 16776704 to/,
  });
});

const distantEntries = 2 * MiB - 512;

/** A GPT whose entries were moved up, as images with a boot loader behind the table have it. */
function withDistantEntries(distant = distantEntries): Uint8Array {
  const image = gptImage({ sizeBytes: 7 * MiB });
  const entries = Buffer.from(image.subarray(1024, 1024 + 16384));
  entries.copy(image, distant);
  image.writeBigUInt64LE(BigInt(distant / 512), 512 + 72);
  image.writeUInt32LE(0, 512 + 16);
  image.writeUInt32LE(crc32(image.subarray(512, 512 + 92)), 512 + 16);
  return image;
}
