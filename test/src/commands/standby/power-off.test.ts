import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { powerOff } from '../../../../src/commands/standby/power-off.ts';
import { SafetyLatchError } from '../../../../src/errors/catalogue.ts';
import { blockDevice, bootContext } from '../../boot/boot-context.ts';

suite('standby.power_off', () => {
  test('outside a ramdisk fails before anything else happens', async () => {
    const context = bootContext({ devices: [blockDevice('/dev/sda')] });
    await assert.rejects(powerOff.run({}, context), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });

  test('in the ramdisk ends with poweroff', async () => {
    const context = bootContext({ insideRamdisk: true });
    assert.equal(await powerOff.run({}, context), null);
    assert.equal(context.calls.at(-1)?.program, 'poweroff');
  });

  test('is never run a second time by itself', () => {
    assert.ok(powerOff.handling.kind === 'fixed' && powerOff.handling.replay === 'once');
    assert.equal(powerOff.abortable, false);
  });
});
