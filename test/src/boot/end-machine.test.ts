import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { endMachine } from '../../../src/boot/end-machine.ts';
import type { ToolCall } from '../../../src/core/tool.ts';
import { SafetyLatchError, SystemRebootError } from '../../../src/errors/catalogue.ts';
import { type BootContext, blockDevice, bootContext } from './boot-context.ts';

/** What was run, as one would type it; `text > file` for what went to a control file of the kernel. */
const typed = ({ calls }: BootContext): readonly string[] =>
  calls.map(({ program, args, input }) => (program === 'tee' ? `${input} > ${args[0]}` : [program, ...args].join(' ')));

const failing =
  (...programs: string[]) =>
  ({ program }: ToolCall): string => {
    if (programs.includes(program)) throw new Error(`${program} failed`);
    return '';
  };

suite('endMachine', () => {
  test('outside a ramdisk fails before anything else happens', async () => {
    for (const end of ['reboot', 'power-off'] as const) {
      const context = bootContext({ devices: [blockDevice('/dev/sda')] });
      await assert.rejects(endMachine(end, context), SafetyLatchError);
      assert.deepEqual(context.calls, []);
      assert.deepEqual(context.lines, []);
    }
  });

  test('syncs, drops the cache, flushes every disk, then asks the init system', async () => {
    for (const [end, program] of [
      ['reboot', 'reboot'],
      ['power-off', 'poweroff'],
    ] as const) {
      const context = bootContext({ insideRamdisk: true, devices: [blockDevice('/dev/sda'), blockDevice('/dev/sdb')] });
      await endMachine(end, context);
      assert.deepEqual(typed(context), [
        'sync',
        '3 > /proc/sys/vm/drop_caches',
        'blockdev --flushbufs /dev/sda',
        'blockdev --flushbufs /dev/sdb',
        program,
      ]);
      assert.deepEqual(context.calls.at(-1)?.effect, { kind: 'power' });
    }
  });

  test('goes on when the sync fails, and says so', async () => {
    const context = bootContext({ insideRamdisk: true, answer: failing('sync') });
    await endMachine('reboot', context);
    assert.deepEqual(typed(context), ['sync', 'reboot']);
    assert.equal(context.lines[0]?.level, 'warn');
  });

  test('tells the kernel when the init system fails', async () => {
    const context = bootContext({ insideRamdisk: true, answer: failing('reboot', 'poweroff') });
    await endMachine('reboot', context);
    await endMachine('power-off', context);
    assert.deepEqual(
      typed(context).filter((line) => line.includes('sysrq')),
      ['b > /proc/sysrq-trigger', 'o > /proc/sysrq-trigger'],
    );
    for (const { program, effect } of context.calls) {
      if (program === 'tee') assert.ok(['power', 'kernel'].includes(effect.kind));
    }
  });

  test('tells the kernel when the init system ignores the request', async () => {
    const stderr = 'Running in chroot, ignoring request.';
    const context = bootContext({
      insideRamdisk: true,
      answer: ({ program }) => (program === 'poweroff' ? { stderr } : ''),
    });
    await endMachine('power-off', context);
    assert.equal(typed(context).at(-1), 'o > /proc/sysrq-trigger');
  });

  test('does not tell the kernel when the init system took the request', async () => {
    const context = bootContext({ insideRamdisk: true });
    await endMachine('reboot', context);
    assert.ok(!typed(context).some((line) => line.includes('sysrq')));
  });

  test('fails with SystemRebootError when every way failed', async () => {
    const context = bootContext({ insideRamdisk: true, answer: failing('reboot', 'tee') });
    await assert.rejects(endMachine('reboot', context), SystemRebootError);
  });
});
