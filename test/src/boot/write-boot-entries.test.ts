import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type BootPlan, planBootEntries } from '../../../src/boot/boot-plan.ts';
import { BootOrderError, writeBootEntries } from '../../../src/boot/write-boot-entries.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseBootVariables } from '../../../src/tools/efibootmgr.ts';
import { bootContext } from './boot-context.ts';
import { answerWith, type FakeFirmware, fakeFirmware } from './fake-firmware.ts';

const guid = '9c4735e2-5161-40f6-82e7-309d7d900e87';
const esp = { device: '/dev/vda1', disk: '/dev/vda', number: 1, guid };
const loaders = ['a', 'b'].map((name, i) => ({ path: `\\EFI\\${name}.efi`, label: `ironic${i + 1}` }));
const planFor = (firmware: FakeFirmware): BootPlan =>
  planBootEntries(parseBootVariables(firmware.efibootmgr(['-v'])), esp, loaders);

suite('writeBootEntries', () => {
  test('removes, creates, and reads back what the firmware holds', async () => {
    const firmware = fakeFirmware(guid);
    firmware.entries.set('0004', { label: 'ironic1', devicePath: 'stale' });
    firmware.order.unshift('0004');
    const context = bootContext({ insideRamdisk: true, answer: answerWith(firmware) });
    const after = await writeBootEntries(context, planFor(firmware));
    assert.deepEqual(after.order, ['0001', '0002', '0000']);
    assert.deepEqual(
      context.calls.map(({ args, effect }) => [args.find((arg) => /^-[vcB]$/.test(arg)), effect.kind]),
      [
        ['-B', 'nvram'],
        ['-c', 'nvram'],
        ['-c', 'nvram'],
        ['-v', 'read'],
      ],
    );
  });

  test('carried out twice it leaves the same entries', async () => {
    const firmware = fakeFirmware(guid);
    const context = bootContext({ insideRamdisk: true, answer: answerWith(firmware) });
    await writeBootEntries(context, planFor(firmware));
    const once = firmware.efibootmgr(['-v']);
    await writeBootEntries(context, planFor(firmware));
    assert.equal(firmware.efibootmgr(['-v']), once);
  });

  test('fails when the firmware forgets an entry', async () => {
    const firmware = fakeFirmware(guid);
    const context = bootContext({
      insideRamdisk: true,
      answer: (call) => {
        const text = answerWith(firmware)(call);
        return call.args.includes('-v') ? text.replace(/^Boot0002.*\n/m, '') : text;
      },
    });
    await assert.rejects(writeBootEntries(context, planFor(firmware)), (error) => {
      assert.ok(error instanceof BootOrderError);
      assert.deepEqual(error.problems, ['Boot0002 (ironic2) is not there']);
      return true;
    });
  });

  test('fails when the firmware puts something else in front', async () => {
    const firmware = fakeFirmware(guid);
    const context = bootContext({
      insideRamdisk: true,
      answer: (call) => answerWith(firmware)(call).replace(/BootOrder: .*/, 'BootOrder: 0000,0001,0002'),
    });
    await assert.rejects(writeBootEntries(context, planFor(firmware)), BootOrderError);
  });

  test('stops at the first write that fails', async () => {
    const firmware = fakeFirmware(guid);
    const plan = planFor(firmware);
    firmware.entries.set('0002', { label: 'somebody else', devicePath: '' });
    const context = bootContext({ insideRamdisk: true, answer: answerWith(firmware) });
    await assert.rejects(writeBootEntries(context, plan), ToolError);
    assert.equal(context.calls.length, 1);
  });

  test('outside a ramdisk runs nothing at all', async () => {
    const context = bootContext();
    await assert.rejects(writeBootEntries(context, planFor(fakeFirmware(guid))), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });
});
