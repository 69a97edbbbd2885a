import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMbr, showDiskSignature, withProtectiveSize } from '../../../../src/storage/partition/mbr.ts';
import { gptImage, mbrImage } from '../../../support/gpt-image.ts';

const MiB = 1024 * 1024;

test('reads signature and entries', () => {
  const mbr = parseMbr(mbrImage({ sizeBytes: 4 * MiB }, 0x00ab12cd));
  assert.deepEqual(mbr, {
    diskSignature: 0x00ab12cd,
    partitions: [{ number: 1, bootable: true, type: 0x83, firstLba: 2048, sectors: 6144 }],
  });
});

test('shows the signature with all eight digits', () => {
  assert.equal(showDiskSignature({ diskSignature: 0xab, partitions: [] }), '0x000000ab');
});

test('sees no MBR without its last two bytes', () => {
  assert.equal(parseMbr(new Uint8Array(512)), null);
});

test('makes the protective entry cover the whole disk, up to what 32 bits hold', () => {
  const sector = gptImage({ sizeBytes: 2 * MiB, random: false }).subarray(0, 512);
  fc.assert(
    fc.property(fc.integer({ min: 4096, max: 2 ** 40 }), (diskSectors) => {
      const [entry] = parseMbr(withProtectiveSize(sector, diskSectors))?.partitions ?? [];
      assert.equal(entry?.sectors, Math.min(diskSectors - 1, 0xffffffff));
    }),
  );
});

test('leaves a hybrid MBR as it is', () => {
  const sector = Buffer.from(gptImage({ sizeBytes: 2 * MiB, random: false }).subarray(0, 512));
  sector[462 + 4] = 0x0c;
  assert.deepEqual(Buffer.from(withProtectiveSize(sector, 99999)), sector);
});
