import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { nvmeStatusOf } from '../../../src/tools/nvme-answer.ts';
import { sanitizeArgs, startNvmeSanitize } from '../../../src/tools/nvme-sanitize.ts';
import { parseSanitizeLog, readNvmeSanitizeLog } from '../../../src/tools/nvme-sanitize-log.ts';
import { capturedOutput } from '../../support/captured-output.ts';

suite('nvme sanitize-log', () => {
  for (const [name, expected] of [
    ['never', { state: 'never', progress: 65535, passes: 0, globalErased: false, cdw10: 0 }],
    ['under-way', { state: 'under-way', progress: 30000, passes: 0, globalErased: false, cdw10: 4 }],
    ['completed', { state: 'completed', progress: 65535, passes: 0, globalErased: true, cdw10: 4 }],
    ['overwritten', { state: 'completed', progress: 65535, passes: 1, globalErased: true, cdw10: 0x13 }],
    [
      'completed-deallocated',
      { state: 'completed-deallocated', progress: 65535, passes: 0, globalErased: true, cdw10: 0x202 },
    ],
  ] as const) {
    test(`is read when it says ${name}`, () => {
      const { seconds, ...log } = parseSanitizeLog(capturedOutput('nvme', `shim-sanitize-log-${name}`).text);
      assert.deepEqual(log, expected);
      assert.deepEqual(seconds, { crypto: 2, block: 30, sixteenOverwrites: 7200 });
    });
  }

  test('is read when it says failed, with an estimate that the drive does not give', () => {
    const { state, seconds } = parseSanitizeLog(capturedOutput('nvme', 'shim-sanitize-log-failed').text);
    assert.deepEqual([state, seconds.crypto], ['failed', null]);
  });

  test('is refused with a status that nobody knows', () => {
    const { text } = capturedOutput('nvme', 'shim-sanitize-log-unknown');
    assert.throws(() => parseSanitizeLog(text), /unknown status: \(6\) Unknown/);
  });

  for (const text of [
    '',
    '{}',
    '{"a":{},"b":{}}',
    '{"nvme0":{"sprog":1}}',
    '{"nvme0":{"sprog":1,"sstat":{"status":1}}}',
  ]) {
    test(`is refused when it is ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseSanitizeLog(text), /nvme sanitize-log/));
  }

  test('is asked for as it was captured, and changes nothing', async () => {
    const { args, text } = capturedOutput('nvme', 'shim-sanitize-log-completed');
    const calls: ToolCall[] = [];
    const run = async (call: ToolCall) => {
      calls.push(call);
      return { stdout: text, stderr: '', exitCode: 0 };
    };
    await readNvmeSanitizeLog(run, '/dev/loop0');
    assert.deepEqual(calls, [{ program: 'nvme', args, effect: { kind: 'read' } }]);
  });
});

suite('nvme sanitize', () => {
  for (const action of ['crypto', 'overwrite'] as const) {
    test(`is begun (${action}) as the real program took it`, () => {
      assert.deepEqual(
        sanitizeArgs('/dev/loop0', action, false),
        capturedOutput('nvme', `shim-sanitize-${action}`).args,
      );
    });
  }

  test('never allows the drive out of its failure mode, and leaves deallocation to it', () => {
    for (const action of ['crypto', 'block', 'overwrite'] as const) {
      const args = sanitizeArgs('/dev/nvme0n1', action, true);
      assert.ok(!args.some((arg) => /ause|no-dealloc|^-[ud]/.test(arg)), args.join(' '));
    }
  });

  for (const [what, help, force] of [
    ['2.3 does not know', capturedOutput('nvme', 'shim-sanitize-help').stderr, []],
    ['a later one wants', '  [  --force ]  --- Ignore namespace is currently busy', ['--force']],
  ] as const) {
    test(`is given the option that ${what}, and the latch is asked for the device`, async () => {
      const calls: ToolCall[] = [];
      const run = async (call: ToolCall) => {
        calls.push(call);
        return { stdout: '', stderr: call.args.includes('--help') ? help : '', exitCode: 0 };
      };
      await startNvmeSanitize(run, '/dev/nvme0n1', 'block');
      const [, sent] = calls;
      assert.deepEqual(sent?.args, ['sanitize', '/dev/nvme0n1', '--sanact=2', ...force]);
      assert.deepEqual(sent?.effect, { kind: 'device', device: '/dev/nvme0n1' });
    });
  }
});

suite('the status that a drive answers', () => {
  for (const [fixture, status] of [
    ['shim-sanitize-busy', 0x1d],
    ['shim-format-busy', 0x84],
    ['shim-resv-report-host-format', 0x18],
    ['sanitize-crypto', 0x1],
    ['format-bad-lbaf', 0x10a],
    ['shim-no-answer', null],
    ['id-ctrl-missing', null],
  ] as const) {
    test(`is ${status} in ${fixture}`, () => {
      const { args, stderr, exitCode } = capturedOutput('nvme', fixture);
      const error = new ToolError({ program: 'nvme', args }, { exitCode, why: 'exit code 1', stderrTail: stderr });
      assert.equal(nvmeStatusOf(error), status);
    });
  }

  test('is none in an error of something else', () => assert.equal(nvmeStatusOf(new Error('(0x1d)')), null));
});
