import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ConfigDriveError } from '../../../../src/image/config-drive/config-drive-error.ts';
import { readFat } from '../../../../src/image/config-drive/fat-reader.ts';
import { parseFatGeometry } from '../../../../src/storage/partition/fat-geometry.ts';
import { driveFiles, fatImage, filesOf } from '../../../support/config-drive.ts';

const sorted = (files: ReadonlyMap<string, Buffer>) => [...files].sort(([a], [b]) => (a < b ? -1 : 1));
const asBuffers = (files: Readonly<Record<string, string | Uint8Array>>) =>
  sorted(new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content as string)])));

describe('a FAT file system by mkfs.vfat and mcopy', () => {
  it('gives back its files, with clusters and tables of any size', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`many/File ${index}`, String(index)]));
    const files = { ...driveFiles, ...many, 'UPPER.TXT': 'u', 'lower.txt': 'l', 'Mixed.Txt': 'm' };
    for (const args of [[], ['-F', '12', '-s', '8'], ['-F', '16', '-s', '1'], ['-S', '4096'], ['-f', '1']]) {
      assert.deepEqual(sorted(filesOf(readFat(await fatImage(files, args)))), asBuffers(files), args.join(' '));
    }
  });
});

describe('a damaged FAT file system', () => {
  it('is read or refused, and never loops, with any bytes of its tables and directories changed', async () => {
    const outcomes = { refused: 0, read: 0 };
    const files = { 'a/b/long name of a file': 'x'.repeat(9000), c: 'y'.repeat(3000) };
    const images = [await fatImage(files, ['-F', '12', '-s', '8']), await fatImage(files, ['-F', '16', '-s', '1'])];
    const live = images.map((image) =>
      [...image.entries()].filter(([, byte]) => byte !== 0 && byte !== 0x78 && byte !== 0x79),
    );
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const changes = fc.array(change, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 }), changes, (which, list) => {
        const image = Uint8Array.from(images[which] ?? []);
        const places = live[which] ?? [];
        for (const [at, value] of list) image[places[at % places.length]?.[0] ?? 0] = value;
        try {
          readFat(image);
          outcomes.read += 1;
        } catch (error) {
          assert.ok(error instanceof ConfigDriveError, (error as Error).stack);
          outcomes.refused += 1;
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(outcomes.refused > 50 && outcomes.read > 50, JSON.stringify(outcomes));
  });

  it('is refused soon when its directories share all of its clusters', async () => {
    const files = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`DIR${index}/x`, '']));
    const image = Buffer.from(await fatImage(files, ['-F', '16', '-s', '1', '-r', '2048']));
    const first = image.indexOf('DIR0    ', 0, 'latin1');
    const cluster = image.readUInt16LE(first + 26);
    for (let at = image.indexOf('DIR', 0, 'latin1'); at > 0; at = image.indexOf('DIR', at + 3, 'latin1')) {
      image.writeUInt16LE(cluster, at + 26);
    }
    // One long chain of entries that are all deleted: from the first directory over everything behind it.
    const fat = parseFatGeometry(image);
    assert.ok(fat);
    for (let next = cluster; next < fat.clusterCount + 1; next += 1) {
      for (let copy = 0; copy < 2; copy += 1) {
        image.writeUInt16LE(next + 1, (fat.fatStart + copy * fat.sectorsPerFat) * fat.sectorBytes + next * 2);
      }
    }
    image.writeUInt16LE(0xffff, fat.fatStart * fat.sectorBytes + (fat.clusterCount + 1) * 2);
    image.fill(0xe5, (fat.dataStart + cluster - 2) * fat.sectorBytes);
    const started = performance.now();
    assert.throws(() => readFat(image), /more than 67108864 bytes together/);
    assert.ok(performance.now() - started < 10_000);
  });

  it('is refused wherever it is cut off', async () => {
    const image = await fatImage({});
    for (let length = 0; length < image.length; length += 99_991) {
      assert.throws(() => readFat(image.subarray(0, length)), ConfigDriveError);
    }
  });
});
