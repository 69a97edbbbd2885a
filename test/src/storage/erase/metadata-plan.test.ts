import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { metadataRanges, planMetadataErase } from '../../../../src/storage/erase/metadata-plan.ts';
import { makeDisk, makePartition } from '../../../support/make-block-device.ts';

const mebibyte = 1024 * 1024;

test('partitions come before their disk, the last one first', () => {
  const disk = makeDisk('/dev/nvme0n1');
  const partitions = [1, 2, 10].map((number) => makePartition('/dev/nvme0n1', number));
  const order = planMetadataErase(disk, partitions).map(({ device }) => device.path);
  assert.deepEqual(order, ['/dev/nvme0n1p10', '/dev/nvme0n1p2', '/dev/nvme0n1p1', '/dev/nvme0n1']);
});

test('an ordinary disk loses its first and last MiB and nothing else', () => {
  const sizeBytes = 100 * mebibyte;
  assert.deepEqual(metadataRanges(makeDisk('/dev/sda', { sizeBytes })), [
    { start: 0, end: mebibyte },
    { start: sizeBytes - mebibyte, end: sizeBytes },
  ]);
});

test('a tiny device is zeroed once, as a whole', () => {
  assert.deepEqual(metadataRanges(makeDisk('/dev/sda', { sizeBytes: 512 })), [{ start: 0, end: 512 }]);
  assert.deepEqual(metadataRanges(makeDisk('/dev/sda', { sizeBytes: 2 * mebibyte })), [
    { start: 0, end: 2 * mebibyte },
  ]);
});

test('tables and superblocks are covered on every size of disk and sector', () => {
  const sector = fc.constantFrom(512, 520, 1024, 4096, 65_536);
  fc.assert(
    fc.property(sector, fc.integer({ min: 40, max: 2 ** 31 }), (logicalSectorBytes, sectors) => {
      const sizeBytes = sectors * logicalSectorBytes;
      const ranges = metadataRanges(makeDisk('/dev/sda', { sizeBytes, logicalSectorBytes }));
      const covers = (start: number, end: number): boolean =>
        start < 0 || ranges.some((range) => range.start <= start && Math.min(end, sizeBytes) <= range.end);
      const entries = Math.ceil(16_384 / logicalSectorBytes) * logicalSectorBytes;
      assert.ok(covers(0, 2 * logicalSectorBytes + entries), 'MBR and primary GPT');
      assert.ok(covers(sizeBytes - logicalSectorBytes - entries, sizeBytes), 'backup GPT');
      // md.c of the kernel: 0.90 in the last 64 KiB block that is whole and has room, 1.0 at least 8 KiB from the end.
      const sectors512 = Math.floor(sizeBytes / 512);
      const version090 = (sectors512 - (sectors512 % 128) - 128) * 512;
      assert.ok(covers(version090, version090 + 4096), 'md 0.90');
      const from = sectors512 - 16;
      const version10 = (from - (from % 8)) * 512;
      assert.ok(covers(version10, version10 + 4096), 'md 1.0');
      assert.ok(covers(4096, 8192), 'md 1.2');
      const zeroed = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
      assert.ok(zeroed <= 4 * mebibyte, `${zeroed} bytes are few`);
    }),
    { numRuns: 1000 },
  );
});
