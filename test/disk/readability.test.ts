import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { isTaken } from '../../src/storage/exclusive-use.ts';
import { findUnreadable, readPlaces } from '../../src/storage/readability.ts';
import { createFaultyDisk } from '../support/faulty-disk.ts';
import { addPartitions, createLoopDevice } from '../support/loop-device.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const sizeBytes = 16 << 20;
const place = (disk: { readonly path: string; readonly sizeBytes: number }, sectorBytes = 512) => ({
  path: disk.path,
  sizeBytes: disk.sizeBytes,
  logicalSectorBytes: sectorBytes,
});

suite('readability', () => {
  for (const sectorBytes of [512, 4096] as const) {
    test(`a good disk with sectors of ${sectorBytes} bytes can be read`, async () => {
      await using loop = await createLoopDevice({ sizeBytes, sectorBytes });
      assert.equal(await findUnreadable(place(loop, sectorBytes)), null);
    });
  }

  test('a disk of a few sectors can be read', async () => {
    await using loop = await createLoopDevice({ sizeBytes: 1024 });
    assert.equal(await findUnreadable(place(loop)), null);
  });

  test('the first and the last sectors are among the places, whole sectors all', () => {
    const places = readPlaces({ sizeBytes: 10_000 * 4096, logicalSectorBytes: 4096 });
    assert.equal(places[0], 0);
    assert.equal(places.at(-1), 9999 * 4096);
    assert.equal(places.length, 5);
    for (const offset of places) assert.equal(offset % 4096, 0);
  });

  test('an I/O error at any of the places is told with its offset', async () => {
    await using disk = await createFaultyDisk({ sizeBytes });
    for (const offset of readPlaces({ sizeBytes, logicalSectorBytes: 512 })) {
      disk.failReads({ start: offset, end: offset + 512 });
      assert.match((await findUnreadable(place(disk))) ?? '', new RegExp(`^at byte ${offset}: EIO`));
    }
    disk.failReads();
    assert.equal(await findUnreadable(place(disk)), null);
  });

  test('a disk that has become smaller than it was listed cannot be read', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    const larger = { ...place(loop), sizeBytes: 2 * sizeBytes };
    assert.match((await findUnreadable(larger)) ?? '', /^at byte \d+ it gave \d+ of 4096 bytes$/);
  });

  test('a disk that is gone cannot be read', async () => {
    assert.match((await findUnreadable({ path: '/dev/loop4095', sizeBytes, logicalSectorBytes: 512 })) ?? '', /ENOENT/);
  });

  test('the wait for an answer is bounded', async () => {
    using dir = temporaryDirectory();
    // Nobody writes to it, so that it does not even open.
    const path = join(dir.path, 'silent');
    execFileSync('mkfifo', [path]);
    const found = await findUnreadable({ path, sizeBytes, logicalSectorBytes: 512 }, 100);
    assert.equal(found, 'it does not answer within 0.1 s');
    const writer = await open(path, constants.O_WRONLY);
    await writer.close();
  });
});

suite('exclusive use', () => {
  test('a disk that nobody has is free, and stays free', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    assert.equal(await isTaken(loop.path, 0), false);
    assert.equal(await isTaken(loop.path, 0), false);
  });

  test('a disk that somebody has to himself is taken, also through a partition', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    execFileSync('sgdisk', ['--new=1:0:0', loop.path]);
    const [partition = ''] = await addPartitions(loop.path);
    for (const path of [loop.path, partition]) {
      const handle = await open(path, constants.O_RDONLY | constants.O_EXCL);
      assert.equal(await isTaken(loop.path, 0), true, path);
      await handle.close();
    }
    assert.equal(await isTaken(loop.path, 0), false);
  });

  test('a moment of somebody else is waited for', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    const handle = await open(loop.path, constants.O_RDONLY | constants.O_EXCL);
    const asked = isTaken(loop.path, 10_000);
    setTimeout(() => void handle.close(), 200);
    assert.equal(await asked, false);
  });
});
