import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { flushDevice } from '../../../src/tools/blockdev-flush.ts';
import { bootContext } from '../boot/boot-context.ts';

test('flushing names the device to the latch and to the program', async () => {
  const context = bootContext({ insideRamdisk: true });
  await flushDevice(context.run, '/dev/vda');
  const effect = { kind: 'device', device: '/dev/vda' };
  assert.deepEqual(context.calls, [{ program: 'blockdev', args: ['--flushbufs', '/dev/vda'], effect }]);
});

test('a device that was not named is not flushed outside a ramdisk', async () => {
  await assert.rejects(flushDevice(bootContext().run, '/dev/vda'), SafetyLatchError);
});
