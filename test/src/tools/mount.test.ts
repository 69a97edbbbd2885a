import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { mountReadOnly, readOnlyMountArgs } from '../../../src/tools/mount.ts';
import { bootContext } from '../boot/boot-context.ts';

const request = { device: '/dev/vda1', mountPoint: '/run/esp', fileSystem: 'vfat' } as const;

test('mount names the file system and permits nothing but reading', () => {
  const expected = ['-t', 'vfat', '-o', 'ro,noexec,nosuid,nodev', '/dev/vda1', '/run/esp'];
  assert.deepEqual(readOnlyMountArgs(request), expected);
});

test('mounting touches the device, so the latch is asked for it', async () => {
  const context = bootContext();
  await assert.rejects(mountReadOnly(context.run, request), SafetyLatchError);
  assert.deepEqual(context.calls, []);
});
