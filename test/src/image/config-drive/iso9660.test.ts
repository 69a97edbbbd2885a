import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ConfigDriveError } from '../../../../src/image/config-drive/config-drive-error.ts';
import { readIso9660 } from '../../../../src/image/config-drive/iso9660.ts';
import { driveFiles, filesOf, ironicArgs, isoImage, symbolicLinkImage } from '../../../support/config-drive.ts';

const asBuffers = (files: Readonly<Record<string, string | Uint8Array>>) =>
  new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content as string)]));

describe('an ISO 9660 image by genisoimage', () => {
  it('gives back its files, by Rock Ridge and by Joliet, with names of any length', async () => {
    for (const args of [ironicArgs, ['-r'], ['-R', '-J'], ['-J', '-joliet-long']]) {
      assert.deepEqual(filesOf(readIso9660(await isoImage(driveFiles, args))), asBuffers(driveFiles), args.join(' '));
    }
  });

  it('gives bare names in lower case, as Linux shows them', async () => {
    const files = { 'README.TXT': 'a', 'OPENSTACK/DATA': 'b' };
    const lower = { 'readme.txt': 'a', 'openstack/data': 'b' };
    assert.deepEqual(filesOf(readIso9660(await isoImage(files, ['-l']))), asBuffers(lower));
  });

  it('gives names beyond ASCII, names that need a continuation area, and directories of many blocks', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`many/file-${index}`, String(index)]));
    const files = { 'openstack/größe-漢字': 'a', [`openstack/${'long-name-'.repeat(24)}`]: 'b', ...many };
    for (const args of [
      ['-r', '-input-charset', 'utf-8'],
      ['-R', '-J', '-input-charset', 'utf-8'],
    ]) {
      assert.deepEqual(filesOf(readIso9660(await isoImage(files, args))), asBuffers(files));
    }
  });

  it('may be empty', async () => {
    assert.equal(readIso9660(await isoImage({})).entries.size, 0);
  });

  it('is refused when there is a symbolic link in it', async () => {
    const image = await symbolicLinkImage();
    assert.throws(() => readIso9660(image), /neither a plain file nor a plain directory/);
  });
});

/** Reads what is damaged; fine when that gives a tree or a refusal. */
function refusedOrRead(image: Uint8Array): 'refused' | 'read' {
  try {
    readIso9660(image);
    return 'read';
  } catch (error) {
    assert.ok(error instanceof ConfigDriveError, (error as Error).stack);
    return 'refused';
  }
}

/** Sectors that name a file or directory, in any of the trees. */
function directorySectors(image: Uint8Array): readonly number[] {
  const sectors = Array.from({ length: Math.min(64, image.length / 2048) }, (_, sector) => sector);
  // The first record of a directory is 34 bytes or more, names itself by one zero byte, and is marked as a directory.
  return sectors.filter((sector) => image[sector * 2048 + 32] === 1 && image[sector * 2048 + 25] === 2);
}

describe('a damaged ISO 9660 image', () => {
  it('is refused wherever it is cut off before the end of its files', async () => {
    const image = await isoImage(driveFiles, [...ironicArgs, '-no-pad']);
    for (let length = 0; length < image.length - 2048; length += 509) {
      assert.equal(refusedOrRead(image.subarray(0, length)), 'refused', `${length} of ${image.length} bytes`);
    }
  });

  it('is read or refused, and never loops, with any bytes in its structures changed', async () => {
    const outcomes = { refused: 0, read: 0 };
    const images = [await isoImage(driveFiles, ['-r']), await isoImage(driveFiles, ['-J'])];
    const change = fc.tuple(fc.integer({ min: 16 * 2048, max: 40 * 2048 }), fc.integer({ min: 0, max: 255 }));
    const changes = fc.array(change, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...images), changes, (image, list) => {
        const damaged = Uint8Array.from(image);
        for (const [at, value] of list) if (at < damaged.length) damaged[at] = value;
        outcomes[refusedOrRead(damaged)] += 1;
      }),
      { numRuns: 3000 },
    );
    assert.ok(outcomes.refused > 0 && outcomes.read > 0, JSON.stringify(outcomes));
  });

  it('is read or refused with any single bit of its directories turned over', async () => {
    for (const args of [['-r'], ['-J'], []]) {
      const image = await isoImage({ 'a/b': 'x', c: 'y' }, args);
      for (const sector of [16, 17, ...directorySectors(image)]) {
        for (let bit = 0; bit < 2048 * 8; bit += 1) {
          const at = sector * 2048 + (bit >> 3);
          image[at] = (image[at] ?? 0) ^ (1 << (bit & 7));
          refusedOrRead(image);
          image[at] = (image[at] ?? 0) ^ (1 << (bit & 7));
        }
      }
    }
  });

  it('is refused when a directory contains itself', async () => {
    const image = Buffer.from(await isoImage({ 'openstack/file': 'x' }, ['-l']));
    const root = image.readUInt32LE(16 * 2048 + 156 + 2);
    const record = image.indexOf('OPENSTACK', root * 2048) - 33;
    image.writeUInt32LE(root, record + 2);
    image.writeUInt32BE(root, record + 6);
    assert.throws(() => readIso9660(image), /more than 16 deep|more than 10000/);
  });

  it('is refused when its files would be larger together than a config drive may be', async () => {
    const names = Array.from({ length: 2000 }, (_, index) => [`F${index}`, 'x']);
    const image = Buffer.from(await isoImage(Object.fromEntries(names), ['-r']));
    for (let at = image.indexOf('F0.;1'); at > 0; at = image.indexOf('.;1', at + 3)) {
      const start = image.lastIndexOf('F', at) - 33;
      image.writeUInt32LE(40_000, start + 10);
      image.writeUInt32BE(40_000, start + 14);
    }
    assert.throws(
      () => readIso9660(Buffer.concat([image, Buffer.alloc(100_000)])),
      /more than 67108864 bytes together/,
    );
  });
});
