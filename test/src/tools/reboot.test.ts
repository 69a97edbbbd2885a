import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { reboot } from '../../../src/tools/reboot.ts';
import { bootContext } from '../boot/boot-context.ts';

test('reboot is an effect on the power state', async () => {
  const context = bootContext({ insideRamdisk: true });
  await reboot(context.run);
  assert.deepEqual(context.calls, [{ program: 'reboot', args: [], effect: { kind: 'power' } }]);
});

test('reboot is refused outside a ramdisk, and nothing is run', async () => {
  const context = bootContext();
  await assert.rejects(async () => reboot(context.run), SafetyLatchError);
  assert.deepEqual(context.calls, []);
});
