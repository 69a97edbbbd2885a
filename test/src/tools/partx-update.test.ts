import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { updatePartitions } from '../../../src/tools/partx-update.ts';
import { bootContext } from '../boot/boot-context.ts';

test('updating the partitions names the disk to the latch and to the program', async () => {
  const context = bootContext({ insideRamdisk: true });
  await updatePartitions(context.run, '/dev/vda');
  const effect = { kind: 'device', device: '/dev/vda' };
  assert.deepEqual(context.calls, [{ program: 'partx', args: ['--update', '/dev/vda'], effect }]);
});

test('a disk that was not named is left alone outside a ramdisk', async () => {
  await assert.rejects(updatePartitions(bootContext().run, '/dev/vda'), SafetyLatchError);
});
