import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { unmount } from '../../../src/tools/umount.ts';
import { bootContext } from '../boot/boot-context.ts';

const mounted = { device: '/dev/vda1', mountPoint: '/run/esp' };

test('umount goes by the mount point', async () => {
  const context = bootContext({ insideRamdisk: true });
  await unmount(context.run, mounted);
  assert.deepEqual(context.calls[0]?.args, ['/run/esp']);
});

test('unmounting asks the latch for the device', async () => {
  await assert.rejects(unmount(bootContext().run, mounted), SafetyLatchError);
});
