import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { ConfigDriveError } from '../../../../src/image/config-drive/config-drive-error.ts';
import type { DriveDirectory, DriveNode } from '../../../../src/image/config-drive/drive-tree.ts';
import { buildFat } from '../../../../src/image/config-drive/fat-image.ts';
import { fitDrive } from '../../../../src/image/config-drive/fit-drive.ts';
import { readIso9660 } from '../../../../src/image/config-drive/iso9660.ts';
import { driveFiles, fatImage, filesOf, ironicArgs, isoImage } from '../../../support/config-drive.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const execute = promisify(execFile);
const sectorSizes = [512, 4096];

/** Lets the real tools judge a FAT file system, and gives its files as mcopy finds them. */
async function judged(image: Uint8Array): Promise<Map<string, Buffer>> {
  using dir = temporaryDirectory();
  const file = path.join(dir.path, 'drive.fat');
  const tree = path.join(dir.path, 'tree');
  await writeFile(file, image);
  await mkdir(tree);
  await execute('fsck.vfat', ['-n', '-v', file]);
  const { stdout } = await execute('blkid', ['-p', '-o', 'export', file]);
  assert.match(stdout, /^LABEL=CONFIG-2$/m);
  assert.match(stdout, /^TYPE=vfat$/m);
  await execute('mcopy', ['-s', '-n', '-i', file, '::*', tree], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const whole = path.join(entry.parentPath, entry.name);
    found.set(path.relative(tree, whole), await readFile(whole));
  }
  return found;
}

const sorted = (files: ReadonlyMap<string, Buffer>) => [...files].sort(([a], [b]) => (a < b ? -1 : 1));

describe('a config drive', () => {
  it('stays as it is on a disk on which it can be mounted', async () => {
    const iso = await isoImage();
    const fat = await fatImage(driveFiles, ['-S', '4096']);
    assert.equal(fitDrive(iso, { sectorBytes: 512, rebuild: false }), iso);
    for (const sectorBytes of sectorSizes) {
      for (const rebuild of [false, true]) assert.equal(fitDrive(fat, { sectorBytes, rebuild }), fat);
    }
  });

  it('becomes a FAT file system with the same files on sectors of 4096 bytes, or on request', async () => {
    for (const args of [ironicArgs, ['-J'], ['-r']]) {
      const iso = await isoImage(driveFiles, args);
      for (const [sectorBytes, rebuild] of [
        [4096, false],
        [512, true],
      ] as const) {
        const fat = fitDrive(iso, { sectorBytes, rebuild });
        assert.equal(Buffer.from(fat).readUInt16LE(11), sectorBytes);
        assert.deepEqual(sorted(await judged(fat)), sorted(filesOf(readIso9660(iso))));
      }
    }
  });

  it('becomes one with larger sectors where it is a FAT file system with smaller ones', async () => {
    for (const args of [[], ['-F', '12', '-s', '8'], ['-F', '16', '-s', '1'], ['-S', '2048']]) {
      const small = await fatImage(driveFiles, args);
      const fat = fitDrive(small, { sectorBytes: 4096, rebuild: false });
      assert.equal(Buffer.from(fat).readUInt16LE(11), 4096);
      assert.deepEqual(
        sorted(await judged(fat)),
        sorted(new Map(Object.entries(driveFiles).map(([name, text]) => [name, Buffer.from(text as string)]))),
      );
    }
  });

  it('is refused where its names differ only in their case, or are none for FAT', async () => {
    const options = { sectorBytes: 4096, rebuild: false };
    const twins = await isoImage({ 'a/file': '1', 'a/FILE': '2' }, ['-r']);
    assert.throws(() => fitDrive(twins, options), /differ only in their case/);
    for (const name of ['what?', 'dot.', 'a:b', 'blank ']) {
      const drive = await isoImage({ [name]: '1' }, ['-R']);
      assert.throws(() => fitDrive(drive, options), /name that FAT cannot hold/, name);
    }
  });
});

const file = (bytes: Uint8Array): DriveNode => ({ kind: 'file', bytes });
const directory = (entries: readonly (readonly [string, DriveNode])[]): DriveDirectory => ({
  kind: 'directory',
  entries: new Map(entries),
});

describe('a FAT file system', () => {
  it('is right with any number of files of any size and name', async () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9 ._ä漢-]{0,60}[a-z0-9]$/u);
    const content = fc.oneof(fc.uint8Array({ maxLength: 20_000 }), fc.constant(new Uint8Array(4096).fill(1)));
    const leaves = fc.uniqueArray(fc.tuple(name, content.map(file)), { selector: ([key]) => key, maxLength: 40 });
    const tree = fc.record({ top: leaves, inner: leaves, deep: leaves }).map(({ top, inner, deep }) => {
      return directory([...top, ['A', directory([...inner, ['B', directory(deep)]])]]);
    });
    await fc.assert(
      fc.asyncProperty(tree, fc.constantFrom(...sectorSizes), async (root, sectorBytes) => {
        const found = await judged(buildFat(root, { sectorBytes, label: 'CONFIG-2' }));
        assert.deepEqual(sorted(found), sorted(filesOf(root)));
      }),
      { numRuns: 40 },
    );
  });

  it('is right on both sides of the line between FAT12 and FAT16, and with many entries', async () => {
    for (const clusters of [3990, 4004, 4021, 4060, 9000]) {
      const root = directory([['user_data', file(new Uint8Array(clusters * 4096).fill(5))]]);
      for (const sectorBytes of sectorSizes) {
        assert.equal((await judged(buildFat(root, { sectorBytes, label: 'CONFIG-2' }))).size, 1);
      }
    }
    const many = Array.from(
      { length: 2000 },
      (_, index) => [`a-rather-long-name-${index}`, file(Buffer.from('x'))] as const,
    );
    const root = directory([['many', directory(many)], ...many]);
    assert.equal((await judged(buildFat(root, { sectorBytes: 512, label: 'CONFIG-2' }))).size, 4000);
  });

  it('ends a long name with one zero, and fills the rest of its entry with ones', () => {
    const image = Buffer.from(buildFat(directory([['abc', file(Uint8Array.of(1))]]), { sectorBytes: 512, label: 'X' }));
    const name = image.indexOf(Buffer.from('abc', 'utf16le'));
    assert.equal(image.toString('hex', name, name + 10), '6100620063000000ffff');
    assert.equal(image.toString('hex', name + 13, name + 25), 'ff'.repeat(12));
  });

  it('is refused where it would be larger than its partition', () => {
    const root = directory([['user_data', file(new Uint8Array(64 * 1024 * 1024))]]);
    assert.throws(() => buildFat(root, { sectorBytes: 512, label: 'CONFIG-2' }), ConfigDriveError);
  });
});
