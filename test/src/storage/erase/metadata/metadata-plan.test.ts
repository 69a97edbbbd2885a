import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ByteRange } from '../../../../../src/storage/device-io/byte-range.ts';
import { planMetadataErase, plannedBytes } from '../../../../../src/storage/erase/metadata/metadata-plan.ts';
import type { MetadataSurvey, SurveyedPartition } from '../../../../../src/storage/erase/metadata/survey.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const nothing: MetadataSurvey = { partitions: [], pointed: [] };

function partition(number: number, start: number, end: number, pointed: readonly ByteRange[] = []): SurveyedPartition {
  return { number, start, end, pointed };
}

test('partitions come before their disk, the last one first', () => {
  const partitions = [1, 2, 10].map((number) => partition(number, number * GiB, (number + 1) * GiB));
  const plan = planMetadataErase({ sizeBytes: 20 * GiB, sectorBytes: 512 }, { partitions, pointed: [] });
  assert.deepEqual(
    plan.map(({ name }) => name),
    ['partition 10', 'partition 2', 'partition 1', 'disk'],
  );
});

test('an ordinary disk loses its beginning, its end, the copies of superblocks, and nothing else', () => {
  const sizeBytes = 500 * GiB;
  const [disk] = planMetadataErase({ sizeBytes, sectorBytes: 4096 }, nothing);
  const copies = [64 * MiB, GiB, 4 * GiB, 10 * GiB, 16 * GiB, 64 * GiB, 100 * GiB, 256 * GiB];
  assert.deepEqual(disk?.zero, [
    { start: 0, end: 20 * MiB },
    ...copies.map((start) => ({ start, end: start + 4096 })),
    { start: sizeBytes - 2 * MiB, end: sizeBytes },
  ]);
});

test('a tiny device is zeroed once, as a whole', () => {
  for (const sizeBytes of [512, 2 * MiB, 22 * MiB]) {
    const plan = planMetadataErase({ sizeBytes, sectorBytes: 512 }, nothing);
    assert.deepEqual(plan, [
      { name: 'disk', region: { start: 0, end: sizeBytes }, zero: [{ start: 0, end: sizeBytes }] },
    ]);
  }
});

test('what superblocks point to goes with the partition that they are in', () => {
  const pointed = [{ start: 100 * MiB + 100, end: 101 * MiB }];
  const [first] = planMetadataErase(
    { sizeBytes: GiB, sectorBytes: 4096 },
    { partitions: [partition(1, 2 * MiB, 900 * MiB, pointed)], pointed: [] },
  );
  assert.ok(first?.zero.some(({ start, end }) => start === 100 * MiB && end === 101 * MiB));
});

/** What a hostile or damaged table may say after the survey has cut it to the disk. */
const machines = fc
  .record({
    sectorBytes: fc.constantFrom(512, 520, 1024, 2048, 4096),
    sectors: fc.integer({ min: 1, max: 2 ** 31 }),
    cuts: fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 256 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      { maxLength: 12 },
    ),
    places: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
  })
  .map(({ sectorBytes, sectors, cuts, places }) => {
    const sizeBytes = sectorBytes * sectors;
    const partitions = cuts.flatMap(([number, one, other]) => {
      const start = Math.floor(Math.min(one, other) * sizeBytes);
      const end = Math.ceil(Math.max(one, other) * sizeBytes);
      return start > 0 && start < end ? [partition(number, start, end)] : [];
    });
    const pointed = places.map(([start, length]) => ({ start, end: start + length }));
    return { disk: { sizeBytes, sectorBytes }, survey: { partitions, pointed } };
  });

test('every range is whole sectors within the device, and the disk comes last, whatever the tables say', () => {
  fc.assert(
    fc.property(machines, ({ disk, survey }) => {
      const plan = planMetadataErase(disk, survey);
      assert.equal(plan.at(-1)?.name, 'disk');
      assert.equal(plan.length, survey.partitions.length + 1);
      for (const { zero } of plan) {
        let last = -1;
        for (const { start, end } of zero) {
          assert.ok(start > last && start < end && end <= disk.sizeBytes, `${start}-${end} of ${disk.sizeBytes}`);
          assert.equal((start % disk.sectorBytes) + (end % disk.sectorBytes), 0);
          last = end;
        }
      }
      assert.ok(plannedBytes([...plan.slice(-1)]) <= disk.sizeBytes);
    }),
    { numRuns: 1000 },
  );
});

/** Where each kind of metadata lies in a device of that size, by its own specification. */
function placesBySpecification(sizeBytes: number): Readonly<Record<string, ByteRange>> {
  const at = (start: number, bytes: number): ByteRange => ({ start, end: start + bytes });
  // md.c of the kernel: 0.90 in the last 64 KiB block that is whole and has room, 1.0 at least 8 KiB from the end.
  const sectors = Math.floor(sizeBytes / 512);
  const version090 = sectors - (sectors % 128) - 128;
  const version10 = sectors - 16 - ((sectors - 16) % 8);
  const zfsEnd = Math.floor(sizeBytes / (256 * KiB)) * 256 * KiB;
  const gpts = [512, 520, 1024, 2048, 4096].flatMap((sector) => {
    const entries = Math.ceil(16_384 / sector) * sector;
    const end = Math.floor(sizeBytes / sector) * sector;
    return [
      [`primary GPT, sectors of ${sector}`, at(0, 2 * sector + entries)],
      [`backup GPT, sectors of ${sector}`, { start: end - sector - entries, end }],
    ] as const;
  });
  return {
    ...Object.fromEntries(gpts),
    'md 0.90': at(version090 * 512, 4096),
    'md 1.0': at(version10 * 512, 4096),
    'md 1.1': at(0, 4096),
    'md 1.2': at(4096, 4096),
    'LVM label and metadata': at(0, MiB),
    'ZFS labels at the beginning': at(0, 512 * KiB),
    'ZFS labels at the end': at(zfsEnd - 512 * KiB, 512 * KiB),
    bcache: at(4096, 4096),
    IMSM: at(sizeBytes - 1024, 512),
    DDF: at(sizeBytes - 512, 512),
    btrfs: at(64 * KiB, 4096),
    'btrfs, second copy': at(64 * MiB, 4096),
    'btrfs, third copy': at(256 * GiB, 4096),
    'VMFS volume': at(MiB, 4096),
    'VMFS file system': at(2 * MiB, 4096),
    'OCFS2 backup': at(4 * GiB, 4096),
    'NTFS backup': at(sizeBytes - 512, 512),
    'LUKS2, last place of its second header': at(4 * MiB, 4 * MiB),
  };
}

test('all metadata is covered on every size of disk, partition and sector', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(512, 520, 1024, 2048, 4096),
      fc.integer({ min: 300, max: 2 ** 31 }),
      fc.integer({ min: 1, max: 2 ** 31 }),
      (sectorBytes, sectors, before) => {
        const disk = { sizeBytes: (before + sectors) * sectorBytes, sectorBytes };
        const start = before * sectorBytes;
        const plan = planMetadataErase(disk, { partitions: [partition(1, start, disk.sizeBytes)], pointed: [] });
        for (const { name, region, zero } of plan) {
          const size = region.end - region.start;
          for (const [what, place] of Object.entries(placesBySpecification(size))) {
            if (place.start < 0 || place.end > size) continue;
            const [from, until] = [region.start + place.start, region.start + place.end];
            assert.ok(
              zero.some((range) => range.start <= from && until <= range.end),
              `${what} of ${name} at ${place.start} of ${size}`,
            );
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
