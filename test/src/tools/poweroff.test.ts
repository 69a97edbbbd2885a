import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { powerOff } from '../../../src/tools/poweroff.ts';
import { bootContext } from '../boot/boot-context.ts';

test('poweroff is an effect on the power state', async () => {
  const context = bootContext({ insideRamdisk: true });
  await powerOff(context.run);
  assert.deepEqual(context.calls, [{ program: 'poweroff', args: [], effect: { kind: 'power' } }]);
});

test('poweroff is refused outside a ramdisk, and nothing is run', async () => {
  const context = bootContext();
  await assert.rejects(async () => powerOff(context.run), SafetyLatchError);
  assert.deepEqual(context.calls, []);
});
