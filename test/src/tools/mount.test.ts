import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { mount, mountArgs } from '../../../src/tools/mount.ts';
import { bootContext } from '../boot/boot-context.ts';

const request = { device: '/dev/vda1', mountPoint: '/run/esp', fileSystem: 'vfat', access: 'read-only' } as const;

test('mount names the file system and permits nothing but reading, or writing where that is asked for', () => {
  const expected = ['-t', 'vfat', '-o', 'ro,noexec,nosuid,nodev', '/dev/vda1', '/run/esp'];
  assert.deepEqual(mountArgs(request), expected);
  const writing = ['-t', 'vfat', '-o', 'rw,noexec,nosuid,nodev', '/dev/vda1', '/run/esp'];
  assert.deepEqual(mountArgs({ ...request, access: 'read-write' }), writing);
});

test('mounting touches the device, so the latch is asked for it', async () => {
  const context = bootContext();
  await assert.rejects(mount(context.run, request), SafetyLatchError);
  assert.deepEqual(context.calls, []);
});
