import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import { HdparmAnswerError } from '../../../src/tools/hdparm.ts';
import {
  parseStatus,
  readSanitizeStatus,
  startArgs,
  startSanitize,
  statusArgs,
} from '../../../src/tools/hdparm-sanitize.ts';
import { capturedOutput } from '../../support/captured-output.ts';
import { capturedAnswer } from '../../support/simulated-ata-text.ts';

const path = '/dev/sda';
const statusOf = (name: string) => parseStatus(capturedAnswer(`status-${name}`, { path }));

test('every command is given as it was when its output was captured', () => {
  assert.deepEqual(statusArgs(path), capturedOutput('hdparm', 'emulated-status-idle').args);
  for (const kind of ['crypto', 'block', 'overwrite'] as const) {
    assert.deepEqual(startArgs(kind, path), capturedOutput('hdparm', `emulated-sanitize-${kind}`).args);
  }
});

test('an overwrite names one pass: hdparm takes none for sixteen', () => {
  assert.match(startArgs('overwrite', path).join(' '), /--sanitize-overwrite-passes 1 --sanitize-overwrite hex:0{8} /);
});

test('tells the states of SANITIZE apart', () => {
  assert.deepEqual(statusOf('idle'), { kind: 'idle', completed: false });
  assert.deepEqual(statusOf('completed'), { kind: 'idle', completed: true });
  assert.deepEqual(statusOf('in-process'), { kind: 'in-process', thousandths: 500 });
  assert.deepEqual(statusOf('frozen'), { kind: 'frozen', completed: false });
  assert.deepEqual(statusOf('failed'), {
    kind: 'failed',
    reason: 'Last Sanitize Command completed unsuccessfully',
  });
  assert.deepEqual(statusOf('no-reason'), { kind: 'aborted', reason: 'Reason not reported' });
});

test('an aborted question is not taken for the idle state that hdparm then prints', () => {
  const { stdout } = capturedAnswer('status-aborted', { path });
  assert.match(stdout, /SD0 Sanitize Idle/);
  assert.equal(statusOf('aborted').kind, 'aborted');
});

test('a drive that is gone, or has no SANITIZE, has no state', () => {
  assert.throws(() => statusOf('gone'), HdparmAnswerError);
  const { text } = capturedOutput('hdparm', 'sanitize-status');
  assert.throws(
    () => parseStatus({ stdout: text, stderr: 'SANITIZE feature set is not supported' }),
    HdparmAnswerError,
  );
});

for (const [name, aborted] of [
  ['sanitize-block', false],
  ['sanitize-refused', true],
  ['sanitize-aborted', true],
] as const) {
  test(`"${name}" counts as ${aborted ? 'aborted' : 'begun'}, whatever the exit code`, async () => {
    const calls: ToolCall[] = [];
    const answer = await startSanitize(
      async (call) => {
        calls.push(call);
        return capturedAnswer(name, { path });
      },
      'block',
      path,
    );
    assert.equal(answer.aborted, aborted);
    assert.deepEqual(calls[0]?.effect, { kind: 'device', device: path });
  });
}

test('asking for the state changes nothing', async () => {
  await readSanitizeStatus(async ({ effect }) => {
    assert.deepEqual(effect, { kind: 'read' });
    return capturedAnswer('status-idle', { path });
  }, path);
});
