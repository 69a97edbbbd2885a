import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { InvalidCommandParamsError } from '../../src/errors/catalogue.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { type PrepareOptions, prepare, tagsOf } from '../support/prepared-disk.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MiB = 1024 * 1024;
const sizeBytes = 256 * MiB;
const info = { swap_mb: 16, ephemeral_mb: 64, root_mb: 100 };
const preserved = { ...info, preserve_ephemeral: true };

/** Does something with a device while it is mounted. */
function mounted(device: string, act: (directory: string) => void): void {
  using directory = temporaryDirectory();
  const mountPoint = `${directory.path}/mount`;
  mkdirSync(mountPoint);
  execFileSync('mount', [device, mountPoint]);
  try {
    act(mountPoint);
  } finally {
    execFileSync('umount', [mountPoint]);
  }
}

for (const boot of ['uefi', 'bios-msdos'] as const) {
  for (const sectorBytes of [512, 4096] as const) {
    test(`a file in the ephemeral partition outlives the next deployment (${boot}, ${sectorBytes})`, async () => {
      await using disk = await createLoopDevice({ sizeBytes, sectorBytes });
      const configDrive = randomBytes(MiB);
      const { partitions: first } = await (await prepare(disk, { boot, info, configDrive })).finish();
      const ephemeral = first.ephemeral ?? '';
      mounted(ephemeral, (directory) => writeFileSync(`${directory}/kept`, 'still here'));
      execFileSync('mke2fs', ['-q', '-t', 'ext4', '-L', 'old-root', first.root ?? '']);
      const swapBefore = tagsOf(first.swap ?? '').UUID;
      const ephemeralBefore = readFileSync(ephemeral);

      const again = await prepare(disk, { boot, info: preserved, configDrive: randomBytes(1000) });

      assert.equal(readFileSync(ephemeral).compare(ephemeralBefore), 0);
      mounted(ephemeral, (directory) => assert.equal(readFileSync(`${directory}/kept`, 'utf8'), 'still here'));
      const { partitions: second } = await again.finish();
      assert.deepEqual(second, first);
      assert.equal(tagsOf(again.root.path).LABEL, undefined, 'the old root cannot be taken for the new one');
      assert.notEqual(tagsOf(second.swap ?? '').UUID, swapBefore);
      const drive = readFileSync(second.configdrive ?? '');
      assert.ok(
        drive.subarray(1000).every((byte) => byte === 0),
        'nothing of the old config drive is left',
      );
    });
  }
}

suite('a deployment that is to preserve the ephemeral partition touches nothing', () => {
  async function refused(disk: LoopDevice, options: PrepareOptions, message: RegExp): Promise<void> {
    const before = readFileSync(disk.backingFile);
    await assert.rejects(prepare(disk, options), (error) => {
      assert.ok(error instanceof InvalidCommandParamsError);
      assert.match(error.details, message);
      assert.match(error.details, /the disk was not touched$/);
      return true;
    });
    assert.equal(readFileSync(disk.backingFile).compare(before), 0);
  }

  test('where there is no table', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await refused(disk, { info: preserved }, /no partition table/);
  });

  test('where the ephemeral partition has another size', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await prepare(disk, { info: { ...info, ephemeral_mb: 65 } });
    await refused(disk, { info: preserved }, /the ephemeral one, has 65 MiB, 64 MiB are expected/);
  });

  test('where the table is for another boot mode', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await prepare(disk, { boot: 'bios-gpt', info });
    await refused(disk, { info: preserved }, /has the type 21686148/);
  });

  test('where the config drive has no partition', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await prepare(disk, { info });
    await refused(disk, { info: preserved, configDrive: Buffer.from('x') }, /has 4 partitions, 5 are expected/);
  });

  test('where the config drive is too large for its partition', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await prepare(disk, { info, configDrive: Buffer.from('x') });
    await refused(disk, { info: preserved, configDrive: randomBytes(MiB + 1) }, /config-drive one, has 1 MiB, 2 MiB/);
  });
});
