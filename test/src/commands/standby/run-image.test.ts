import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runImage } from '../../../../src/commands/standby/run-image.ts';
import { SafetyLatchError } from '../../../../src/errors/catalogue.ts';
import { blockDevice, bootContext } from '../../boot/boot-context.ts';

suite('standby.run_image', () => {
  test('outside a ramdisk fails before anything else happens', async () => {
    const context = bootContext({ devices: [blockDevice('/dev/sda')] });
    await assert.rejects(runImage.run({}, context), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });

  test('in the ramdisk ends with reboot', async () => {
    const context = bootContext({ insideRamdisk: true });
    assert.equal(await runImage.run({}, context), null);
    assert.equal(context.calls.at(-1)?.program, 'reboot');
  });

  test('is never run a second time by itself', () => {
    assert.ok(runImage.handling.kind === 'fixed' && runImage.handling.replay === 'once');
    assert.equal(runImage.abortable, false);
  });
});
