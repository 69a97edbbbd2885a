import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { readGpt } from '../../../../src/storage/partition/gpt.ts';
import { driveFiles, fatImage, isoImage } from '../../../support/config-drive.ts';
import { apply, checkGpt, MiB, makeDisk, plan } from '../../../support/placed-drive.ts';
import { SparseDisk } from '../../../support/sparse-disk.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

describe('a partition labelled config-2', () => {
  const partitions = [
    { number: 1, first: 2048, last: 4095 },
    { number: 5, first: (100 * MiB) / 512, last: (200 * MiB) / 512 - 1 },
  ];
  const named = (name: string, number = 5) => partitions.map((one) => (one.number === number ? { ...one, name } : one));
  const expected = { kind: 'existing', number: 5, offset: 100 * MiB, length: 100 * MiB };

  it('is taken by its name in the GPT, in any case, and the backup GPT is moved all the same', async () => {
    for (const name of ['config-2', 'CONFIG-2', 'Config-2']) {
      const disk = makeDisk({ sizeBytes: 500 * MiB, imageBytes: 300 * MiB, partitions: named(name) });
      const before = await readGpt(disk.read, 512);
      const { end, start, ...placement } = await plan(disk, 100 * MiB);
      assert.deepEqual(placement, expected);
      apply(disk, { ...placement, end, start });
      assert.deepEqual((await checkGpt(disk)).partitions, before.partitions);
    }
  });

  it('needs no write to a table that is right', async () => {
    const placement = await plan(makeDisk({ sizeBytes: 500 * MiB, partitions: named('config-2') }));
    assert.deepEqual(placement, { ...expected, end: [], start: [] });
  });

  it('is taken by the label of the file system in it, as the real tools make it', async () => {
    const systems = [
      await isoImage(driveFiles, undefined, 'config-2'),
      await isoImage(driveFiles, undefined, 'CONFIG-2'),
      await fatImage({}, [], 'CONFIG-2'),
      await fatImage({}, ['-F', '32', '-s', '1'], 'config-2'),
    ];
    for (const kind of ['gpt', 'mbr'] as const) {
      const list = kind === 'gpt' ? partitions : partitions.map((one, index) => ({ ...one, number: index + 1 }));
      for (const bytes of systems) {
        const disk = makeDisk({ kind, sizeBytes: 500 * MiB, partitions: list });
        disk.write({ offset: 100 * MiB, bytes });
        const { end, start, ...placement } = await plan(disk);
        assert.deepEqual(placement, { ...expected, number: list[1]?.number });
        assert.equal(end.length + start.length, 0);
      }
    }
  });

  it('is taken where it is a logical one', async () => {
    using dir = temporaryDirectory();
    const file = path.join(dir.path, 'disk');
    const layout = 'label: dos\n2048,20480,83\n22528,,5\n,20480,83\n,40960,83\n';
    await writeFile(file, '');
    await truncate(file, 100 * MiB);
    const child = execFile('sfdisk', [file]);
    child.stdin?.end(layout);
    await once(child, 'exit');
    const { stdout } = await promisify(execFile)('sfdisk', ['--json', file]);
    const { start, size } = JSON.parse(stdout).partitiontable.partitions.at(-1);
    const image = await readFile(file);
    image.set(await isoImage(), start * 512);
    const disk = new SparseDisk({ sizeBytes: image.length, sectorBytes: 512 });
    disk.write({ offset: 0, bytes: image });
    const { kind, number, offset, length } = await plan(disk);
    assert.deepEqual([kind, number, offset, length], ['existing', 6, start * 512, size * 512]);
    await assert.rejects(plan(disk, 30 * MiB), /partition 6, labelled config-2, has 20971520 bytes/);
  });

  it('counts once when name and label both say so', async () => {
    const disk = makeDisk({ sizeBytes: 500 * MiB, partitions: named('config-2') });
    disk.write({ offset: 100 * MiB, bytes: await isoImage() });
    assert.equal((await plan(disk)).number, 5);
  });

  it('is refused when there are two, when it is too small, and when another lies upon it', async () => {
    const disk = makeDisk({ sizeBytes: 500 * MiB, partitions: named('config-2', 1) });
    disk.write({ offset: 100 * MiB, bytes: await isoImage() });
    await assert.rejects(plan(disk), /several partitions are labelled config-2: 1, 5/);
    const small = makeDisk({ sizeBytes: 500 * MiB, partitions: named('config-2', 1) });
    await assert.rejects(plan(small, 2 * MiB), /partition 1, labelled config-2, has 1048576 bytes, .* has 2097152/);
    const twins = [...named('config-2'), { number: 6, first: (199 * MiB) / 512, last: (300 * MiB) / 512 }];
    await assert.rejects(plan(makeDisk({ sizeBytes: 500 * MiB, partitions: twins })), /overlaps partition 6/);
  });

  it('is not any other partition', async () => {
    for (const name of ['config-22', 'config', 'xconfig-2', '']) {
      assert.equal((await plan(makeDisk({ sizeBytes: 500 * MiB, partitions: named(name) }))).kind, 'new');
    }
  });
});
