import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { createDiskWriter, type DiskWriter } from '../../../../src/image/disk/disk-writer.ts';
import { finishDisk } from '../../../../src/image/whole-disk/finish-disk.ts';
import { gptImage } from '../../../support/gpt-image.ts';
import { createFileTarget, type FileTarget } from '../disk/file-target.ts';

const MiB = 1024 * 1024;
const diskBytes = 16 * MiB;
const { signal } = new AbortController();

/** A disk with an image on it, but for what is held back. */
async function writtenDisk(disk: FileTarget, image: Uint8Array): Promise<DiskWriter> {
  const writer = createDiskWriter({ target: disk.target, zeroing: { zero: async () => false } });
  await writer.write(image, 0);
  disk.done.splice(0);
  return writer;
}

const touchesHead = ({ done }: FileTarget): boolean => done.some((entry) => /^(0|4096)\+/.test(entry));

test('the backup GPT goes to the end of the disk before the head, the boot sector last, each after a flush', async () => {
  await using disk = await createFileTarget(diskBytes);
  const image = gptImage({ sizeBytes: 7 * MiB });
  await finishDisk(await writtenDisk(disk, image), null, signal);
  const tail = `${diskBytes - MiB}+${MiB}`;
  assert.deepEqual(disk.done, ['flush', tail, 'flush', `4096+${MiB - 4096}`, 'flush', '0+4096', 'flush']);
  const bytes = await disk.content();
  assert.ok(bytes.subarray(MiB, image.length).equals(image.subarray(MiB)));
  assert.equal(bytes.toString('latin1', diskBytes - 512, diskBytes - 504), 'EFI PART');
});

test('with a bad table nothing is written', async () => {
  await using disk = await createFileTarget(diskBytes);
  const image = gptImage({ sizeBytes: 7 * MiB }).fill(0xff, 1024, 1030);
  await assert.rejects(finishDisk(await writtenDisk(disk, image), null, signal), /GPT entries: checksum/);
  assert.deepEqual(disk.done, []);
});

test('after an abort the head is not written', async () => {
  await using disk = await createFileTarget(diskBytes);
  const writer = await writtenDisk(disk, gptImage({ sizeBytes: 7 * MiB }));
  await assert.rejects(finishDisk(writer, null, AbortSignal.abort(new Error('enough'))), /^Error: enough$/);
  assert.equal(touchesHead(disk), false);
});

test('finds GPT entries that lie behind the head', async () => {
  await using disk = await createFileTarget(diskBytes);
  const { table } = await finishDisk(await writtenDisk(disk, withDistantEntries()), null, signal);
  assert.equal(table.kind === 'gpt' && table.gpt.partitions[0]?.name, 'root');
});

test('a disk that gives fewer bytes than asked for fails with the place, and the head is not written', async () => {
  await using disk = await createFileTarget(diskBytes);
  const writer = await writtenDisk(disk, withDistantEntries());
  await disk.target.handle.truncate(distantEntries + 512);
  await assert.rejects(finishDisk(writer, null, signal), {
    name: 'DeviceReadError',
    message: `${disk.target.path}: cannot read 16384 bytes at offset ${distantEntries}: the device gave 512`,
  });
  assert.equal(touchesHead(disk), false);
});

test('an image whose GPT points beyond the disk has a bad table', async () => {
  await using disk = await createFileTarget(diskBytes);
  const writer = await writtenDisk(disk, withDistantEntries(diskBytes - 512).subarray(0, 7 * MiB));
  await assert.rejects(finishDisk(writer, null, signal), {
    name: 'PartitionTableError',
    message: /beyond the disk: bytes 16776704 to/,
  });
});

const distantEntries = 2 * MiB - 512;

/** A GPT whose entries were moved up, as images with a boot loader behind the table have it. */
function withDistantEntries(distant = distantEntries): Uint8Array {
  const image = Buffer.alloc(7 * MiB, gptImage({ sizeBytes: 7 * MiB }));
  const entries = Buffer.from(image.subarray(1024, 1024 + 16384));
  if (distant < image.length) entries.copy(image, distant);
  image.writeBigUInt64LE(BigInt(distant / 512), 512 + 72);
  image.writeUInt32LE(0, 512 + 16);
  image.writeUInt32LE(crc32(image.subarray(512, 512 + 92)), 512 + 16);
  return image;
}
