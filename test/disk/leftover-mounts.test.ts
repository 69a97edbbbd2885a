import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { removeLeftovers } from '../../src/boot/leftover-mounts.ts';
import { makeMountDirectory } from '../../src/boot/mount-directory.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';

const execute = promisify(execFile);
const source = join(import.meta.dirname, '../../src/boot/mount-directory.ts');

/** A mount directory whose maker has ended. */
async function abandonedDirectory(): Promise<string> {
  const script = `process.stdout.write(await (await import(${JSON.stringify(source)})).makeMountDirectory())`;
  return (await execute(process.execPath, ['--input-type=module', '--eval', script])).stdout;
}

suite('the mount directory of a worker that was killed', () => {
  test('is unmounted and removed; that of one that lives is not', async () => {
    await using disk = await createLoopDevice({ sizeBytes: 16 * 1024 ** 2 });
    await execute('mkfs.ext4', ['-q', disk.path]);
    const directory = await abandonedDirectory();
    const own = await makeMountDirectory();
    await execute('mount', ['-o', 'ro', disk.path, directory]);
    await execute('mount', ['-o', 'ro', disk.path, own]);
    try {
      await removeLeftovers(createStorageHost([disk.path]));
      const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
      assert.deepEqual([mountinfo.includes(directory), mountinfo.includes(own)], [false, true]);
      assert.deepEqual([existsSync(directory), existsSync(own)], [false, true]);
    } finally {
      for (const path of [own, directory]) {
        await execute('umount', [path]).catch(() => undefined);
        await execute('rmdir', [path]).catch(() => undefined);
      }
    }
  });
});
