import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { readGpt } from '../../../../src/storage/partition/gpt.ts';
import { parseGptHeader } from '../../../../src/storage/partition/gpt-header.ts';
import { parseMbr } from '../../../../src/storage/partition/mbr.ts';
import { planBackupMove } from '../../../../src/storage/partition/move-backup.ts';
import { gptImage } from '../../../support/gpt-image.ts';

const MiB = 1024 * 1024;
const execute = promisify(execFile);

const reader = (image: Uint8Array) => async (offset: number, length: number) => image.subarray(offset, offset + length);

async function moved(image: Uint8Array, sizeBytes: number, sectorBytes: number) {
  const read = reader(image);
  return planBackupMove(await readGpt(read, sectorBytes), read, { sizeBytes, sectorBytes });
}

test('leaves a backup alone that is at the end already', async () => {
  assert.equal(await moved(gptImage({ sizeBytes: 2 * MiB }), 2 * MiB, 512), null);
});

test('gives two tables that agree and use the whole of any larger disk', async () => {
  for (const sectorBytes of [512, 4096]) {
    const image = gptImage({ sizeBytes: MiB, sectorBytes, random: false });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: MiB / sectorBytes + 1, max: 2 ** 40 }), async (sectors) => {
        const move = await moved(image, sectors * sectorBytes, sectorBytes);
        const [table, backup] = move?.end ?? [];
        const [first, primary] = move?.start ?? [];
        assert.ok(table && backup && first && primary);
        const one = parseGptHeader(primary.bytes, 1);
        const other = parseGptHeader(backup.bytes, sectors - 1);
        assert.equal(backup.offset, (sectors - 1) * sectorBytes);
        assert.equal(table.offset, other.entriesLba * sectorBytes);
        assert.equal(table.offset + table.bytes.length, backup.offset);
        assert.equal(one.alternateLba, other.myLba);
        assert.equal(other.alternateLba, one.myLba);
        assert.equal(one.lastUsableLba, other.entriesLba - 1);
        assert.deepEqual({ ...one, ...addresses }, { ...other, ...addresses });
        assert.equal(parseMbr(first.bytes)?.partitions[0]?.sectors, Math.min(sectors - 1, 0xffffffff));
      }),
    );
  }
});

const addresses = { myLba: 0, alternateLba: 0, entriesLba: 0 };

test('refuses a disk on which the last partition leaves no room', async () => {
  const image = gptImage({ sizeBytes: 2 * MiB });
  await assert.rejects(moved(image, 2 * MiB - 512, 512), /leaves no room for the backup GPT/);
});

test('makes a disk that sgdisk finds nothing wrong with, the same as sgdisk -e makes', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-gpt-'));
  t.after(() => rm(directory, { recursive: true }));
  const paths = ['ours', 'theirs'].map((name) => join(directory, name));
  const image = gptImage({ sizeBytes: 8 * MiB });
  const move = await moved(image, 20 * MiB, 512);
  assert.ok(move);
  for (const path of paths) {
    const file = await open(path, 'w');
    await file.truncate(20 * MiB);
    await file.write(image, 0, image.length, 0);
    if (path === paths[0]) {
      for (const { bytes, offset } of [...move.end, ...move.start]) await file.write(bytes, 0, bytes.length, offset);
    }
    await file.close();
  }
  const [ours = '', theirs = ''] = paths;
  await execute('sgdisk', ['-e', theirs]);
  const { stdout } = await execute('sgdisk', ['-v', ours]);
  assert.match(stdout, /No problems found/);
  await execute('cmp', [ours, theirs]);
});
