import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { endMachine } from '../../../src/boot/end-machine.ts';
import { syncClock } from '../../../src/boot/system-clock.ts';
import type { ToolCall } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { bootContext } from './boot-context.ts';

const server = 'ntp.example.com';

/** Stands in for the programs that set the clock: on this machine none of them may run. */
function clockPrograms(outcome: Readonly<Record<string, 'works' | 'fails'>>) {
  return ({ program, args }: ToolCall): string => {
    if (!['chronyd', 'ntpdate', 'hwclock'].includes(program) || outcome[program] === 'works') return '';
    const isThere = outcome[program] === 'fails';
    throw new ToolError(
      { program, args },
      { exitCode: isThere ? 1 : null, why: isThere ? `${program} failed` : 'is not installed', stderrTail: '' },
    );
  };
}

const run = (outcome: Parameters<typeof clockPrograms>[0], more = {}) =>
  bootContext({ insideRamdisk: true, ntpServer: server, answer: clockPrograms(outcome), ...more });
const programs = ({ calls }: ReturnType<typeof bootContext>) => calls.map(({ program }) => program);

suite('the clock', () => {
  test('is left alone without an ntp_server', async () => {
    const context = bootContext({ insideRamdisk: true, failIfClockNotSet: true });
    await syncClock(context);
    assert.deepEqual(context.calls, []);
  });

  test('is set by chronyd, once, and stated as a change of the kernel', async () => {
    const context = run({ chronyd: 'works' });
    await syncClock(context);
    assert.deepEqual(context.calls, [
      {
        program: 'chronyd',
        args: ['-q', '-t', '30', 'server ntp.example.com iburst', 'pidfile /run/ironhand-chronyd.pid'],
        effect: { kind: 'kernel' },
        timeoutSeconds: 40,
      },
    ]);
  });

  test('is set by ntpdate where there is no chronyd', async () => {
    const context = run({ ntpdate: 'works' });
    await syncClock(context);
    assert.deepEqual(programs(context), ['chronyd', 'ntpdate']);
    assert.deepEqual(context.calls.at(-1)?.args, [server]);
  });

  for (const [what, outcome, reason] of [
    ['the server does not answer', { chronyd: 'fails', ntpdate: 'works' }, /chronyd failed/],
    ['there is no program for it', {}, /expected chronyd or ntpdate, found none/],
  ] as const) {
    test(`stays as it is with a warning where ${what}`, async () => {
      const context = run(outcome);
      await syncClock(context);
      assert.equal(context.lines[0]?.level, 'warn');
      assert.match(String(context.lines[0]?.fields['reason']), reason);
    });

    test(`is an error with fail_if_clock_not_set where ${what}`, async () => {
      const context = run(outcome, { failIfClockNotSet: true });
      await assert.rejects(syncClock(context), { name: 'ClockSyncError', message: reason });
    });
  }

  test('of a machine that is not ours is not touched', async () => {
    const context = run({ chronyd: 'works' }, { insideRamdisk: false });
    await syncClock(context);
    assert.deepEqual(context.calls, []);
    assert.match(JSON.stringify(context.lines), /refused to change kernel state/);
    await assert.rejects(syncClock(run({}, { insideRamdisk: false, failIfClockNotSet: true })), {
      name: 'ClockSyncError',
    });
  });

  test('and that of the board are set before the machine ends', async () => {
    const context = run({ chronyd: 'works', hwclock: 'works' });
    await endMachine('reboot', context);
    assert.deepEqual(programs(context).slice(0, 3), ['chronyd', 'hwclock', 'sync']);
    assert.deepEqual(context.calls[1]?.args, ['--systohc']);
  });

  test('that cannot be set keeps the machine up only with fail_if_clock_not_set', async () => {
    const context = run({});
    await endMachine('power-off', context);
    assert.equal(programs(context).at(-1), 'poweroff');
    const failing = run({ chronyd: 'works' }, { failIfClockNotSet: true });
    await assert.rejects(endMachine('power-off', failing), { name: 'ClockSyncError' });
    assert.ok(!programs(failing).includes('poweroff'));
  });
});
