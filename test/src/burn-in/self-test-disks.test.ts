import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { selfTestDisks } from '../../../src/burn-in/self-test-disks.ts';
import type { BlockDevice } from '../../../src/core/block-device.ts';
import type { RunTool } from '../../../src/core/tool.ts';
import { burnInContext } from '../../support/burn-in-step.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const disks = ['/dev/sdy', '/dev/sdz'].map((path) => ({ path, sizeBytes: 1000 })) as unknown as readonly BlockDevice[];

/** smartctl of disks that go through these values of the status byte (ACS-4), one at each question; -1 has no self-test. */
function drives(values: Readonly<Record<string, readonly number[]>>) {
  const asked = new Map<string, number>();
  const calls: string[] = [];
  const run: RunTool = async ({ args }) => {
    const device = args.at(-1) ?? '';
    calls.push([...args].slice(1).join(' '));
    const states = values[device] ?? [];
    if (args.includes('-t')) return { stdout: '{}', stderr: '', exitCode: states[0] === -1 ? 4 : 0 };
    if (args.includes('-X')) return { stdout: '{}', stderr: '', exitCode: 0 };
    const turn = asked.get(device) ?? 0;
    asked.set(device, turn + 1);
    const report = JSON.parse(capturedOutput('smartctl', 'ata').text);
    report.ata_smart_data.self_test.status = { value: states[turn], string: 'read failure' };
    return { stdout: JSON.stringify(report), stderr: '', exitCode: 0 };
  };
  return { run, calls };
}

suite('self-tests of disks', () => {
  test('are waited for, each with the share that is done', async () => {
    const { run } = drives({ '/dev/sdy': [0xf9, 0xf4, 0], '/dev/sdz': [0xf5, 0] });
    const context = { ...burnInContext({}), run };
    await selfTestDisks(disks, context, 1);
    const shares = context.reports.map(({ devices }) => [devices?.['/dev/sdy']?.done, devices?.['/dev/sdz']?.done]);
    assert.deepEqual(shares, [
      [0, 0],
      [100, 500],
      [600, 1000],
      [1000, 1000],
    ]);
    assert.deepEqual(
      context.reports.map(({ done }) => done),
      [0, 600, 1600, 2000],
    );
  });

  test('that fail are told by the name of the disk, when all have ended', async () => {
    const { run, calls } = drives({ '/dev/sdy': [0x70], '/dev/sdz': [0xf5, 0xf1, 0] });
    await assert.rejects(selfTestDisks(disks, { ...burnInContext({}), run }, 1), {
      details: 'the self-test failed: /dev/sdy: read failure',
    });
    assert.equal(calls.filter((call) => call.includes('-c') && call.endsWith('sdz')).length, 3);
  });

  test('leave out a disk that has none', async () => {
    const { run } = drives({ '/dev/sdy': [-1], '/dev/sdz': [0] });
    const context = { ...burnInContext({}), run };
    await selfTestDisks(disks, context, 1);
    assert.deepEqual(
      context.entries.filter(({ device }) => device).map(({ device }) => device),
      ['/dev/sdy'],
    );
  });

  test('are stopped when the step is aborted', async () => {
    const { run, calls } = drives({ '/dev/sdy': [0xf9], '/dev/sdz': [0xf9] });
    const signal = AbortSignal.timeout(50);
    await assert.rejects(selfTestDisks(disks, { ...burnInContext({ signal }), run }, 10_000), { name: 'TimeoutError' });
    assert.deepEqual(calls.slice(-2), ['-X /dev/sdy', '-X /dev/sdz']);
  });
});
