import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPartitionTable } from '../../../../src/storage/partition/partition-table.ts';
import { PartitionTableError } from '../../../../src/storage/partition/partition-table-error.ts';
import { gptImage, mbrImage } from '../../../support/gpt-image.ts';

const MiB = 1024 * 1024;

function readTable(image: Uint8Array, sizeBytes = image.length, sectorBytes = 512) {
  return readPartitionTable(async (offset, length) => image.subarray(offset, offset + length), {
    sizeBytes,
    sectorBytes,
  });
}

for (const sectorBytes of [512, 4096]) {
  test(`reads a GPT on sectors of ${sectorBytes} bytes`, async () => {
    const image = gptImage({ sizeBytes: 4 * MiB, sectorBytes });
    const table = await readTable(image, image.length, sectorBytes);
    assert.equal(table.kind, 'gpt');
    const [partition, ...others] = table.kind === 'gpt' ? table.gpt.partitions : [];
    assert.equal(others.length, 0);
    assert.equal(partition?.name, 'root');
    assert.equal(partition?.typeGuid, '0fc63daf-8483-4772-8e79-3d69d8477de4');
    assert.equal(partition?.firstLba, 2 + 16384 / sectorBytes);
  });
}

test('reads an MBR', async () => {
  const table = await readTable(mbrImage({ sizeBytes: 4 * MiB }));
  assert.equal(table.kind, 'mbr');
});

test('says that a GPT was made for sectors of 512 bytes', async () => {
  const image = gptImage({ sizeBytes: 4 * MiB, sectorBytes: 512 });
  await assert.rejects(readTable(image, image.length, 4096), /made for sectors of 512 bytes.*have 4096/);
});

test('says that a GPT was made for sectors of 4096 bytes', async () => {
  const image = gptImage({ sizeBytes: 4 * MiB, sectorBytes: 4096 });
  await assert.rejects(readTable(image, image.length, 512), /made for sectors of 4096 bytes.*have 512/);
});

test('refuses a disk without a table', async () => {
  await assert.rejects(readTable(new Uint8Array(MiB)), /no partition table/);
});

test('refuses a table without a partition', async () => {
  const image = mbrImage({ sizeBytes: 2 * MiB });
  image[450] = 0;
  await assert.rejects(readTable(image), /has no partition/);
});

test('refuses a partition that ends beyond the disk', async () => {
  await assert.rejects(
    readTable(mbrImage({ sizeBytes: 4 * MiB }), 4 * MiB - 512),
    /partition 1 .* ends beyond the disk/,
  );
});

test('notices any single wrong bit in header and entries', async () => {
  const image = gptImage({ sizeBytes: MiB, random: false });
  const headerBit = fc.integer({ min: 512 * 8, max: 512 * 8 + 92 * 8 - 1 });
  const entryBit = fc.integer({ min: 1024 * 8, max: (1024 + 16384) * 8 - 1 });
  await fc.assert(
    fc.asyncProperty(fc.oneof(headerBit, entryBit), async (bit) => {
      const broken = Buffer.from(image);
      broken.writeUInt8(broken.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      await assert.rejects(readTable(broken), PartitionTableError);
    }),
    { numRuns: 500 },
  );
});

test('answers any bytes with a table or a PartitionTableError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 2048 }), fc.boolean(), async (bytes, magic) => {
      const image = new Uint8Array(64 * 1024);
      image.set(bytes);
      if (magic) image.set([0xee], 450);
      image.set([0x55, 0xaa], 510);
      await readTable(image).catch((error: unknown) => assert.ok(error instanceof PartitionTableError, String(error)));
    }),
  );
});
