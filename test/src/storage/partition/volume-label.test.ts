import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { parseFatGeometry } from '../../../../src/storage/partition/fat-geometry.ts';
import { readVolumeLabel } from '../../../../src/storage/partition/volume-label.ts';
import { fatImage, isoImage } from '../../../support/config-drive.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const execute = promisify(execFile);
const MiB = 1024 * 1024;

async function madeBy(program: string, args: readonly string[], sizeBytes = 8 * MiB): Promise<Buffer> {
  using dir = temporaryDirectory();
  const file = path.join(dir.path, 'volume');
  await writeFile(file, '');
  await truncate(file, sizeBytes);
  await execute(program, [...args, file]);
  return await readFile(file);
}

/** The label of a file system somewhere on a disk that has nothing else. */
function labelOf(volume: Uint8Array): Promise<string | null> {
  const offset = 3 * MiB;
  const read = async (at: number, length: number) => {
    assert.ok(at >= offset && at + length <= offset + volume.length, 'reads within the partition only');
    return volume.subarray(at - offset, at - offset + length);
  };
  return readVolumeLabel(read, offset, volume.length);
}

describe('the label of a file system', () => {
  it('is what the real tools wrote', async () => {
    for (const label of ['config-2', 'CONFIG-2', 'A b']) {
      assert.equal(await labelOf(await isoImage({}, ['-r'], label)), label);
      for (const type of ['ext2', 'ext4']) {
        assert.equal(await labelOf(await madeBy('mke2fs', ['-q', '-t', type, '-L', label])), label);
      }
    }
    for (const args of [
      ['-F', '12'],
      ['-F', '16', '-s', '1'],
      ['-F', '32', '-s', '1'],
      ['-S', '4096'],
    ]) {
      assert.equal(await labelOf(await fatImage({}, args, 'CONFIG-2')), 'CONFIG-2', args.join(' '));
    }
  });

  it('is that of the root directory, where a FAT file system was given another one later', async () => {
    using dir = temporaryDirectory();
    const file = path.join(dir.path, 'volume');
    const volume = Buffer.from(await fatImage({ file: 'x' }, [], 'FIRST'));
    volume.write('STALE      ', 43, 'latin1');
    await writeFile(file, volume);
    assert.equal(await labelOf(await readFile(file)), 'FIRST');
  });

  it('is null where there is none', async () => {
    assert.equal(await labelOf(await madeBy('mke2fs', ['-q', '-t', 'ext4'])), null);
    assert.equal(await labelOf(new Uint8Array(MiB)), null);
    assert.equal(await labelOf(new Uint8Array(512)), null);
  });

  it('is a text or null for any bytes, read within the partition only', async () => {
    const volumes = [await fatImage({}, ['-F', '32', '-s', '1']), await fatImage(), await isoImage({})];
    const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...volumes),
        changes,
        fc.integer({ min: 512, max: 8 * MiB }),
        async (volume, list, size) => {
          const damaged = Uint8Array.from(volume.subarray(0, size));
          for (const [at, value] of list) if (at < damaged.length) damaged[at] = value;
          const label = await labelOf(damaged);
          assert.ok(label === null || typeof label === 'string');
          parseFatGeometry(damaged);
        },
      ),
      { numRuns: 300 },
    );
  });
});
