import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { formatArgs, startFormat } from '../../../src/tools/sg-format.ts';
import { answeringTool } from '../../support/answering-tool.ts';

suite('the start of a format', () => {
  test('is accepted', async () => {
    const { run, calls } = answeringTool('sg_format', 'started');
    await startFormat(run, '/dev/sda', null);
    assert.deepEqual(calls[0]?.effect, { kind: 'device', device: '/dev/sda' });
  });

  test('keeps the protection of sectors', async () => {
    const { run } = answeringTool('sg_format', 'protected');
    await startFormat(run, '/dev/sda', { type: 1, intervalExponent: 0 });
    const fields = (type: number) => formatArgs('/dev/sda', { type, intervalExponent: 3 }).slice(3, -1);
    assert.deepEqual(fields(2), ['--fmtpinfo=3', '--pie=3']);
    assert.deepEqual(fields(3), ['--fmtpinfo=3', '--pfu=1', '--pie=3']);
    assert.throws(() => fields(4), RangeError);
  });

  for (const name of ['not-supported', 'in-progress', 'failed', 'no-connect', 'gone']) {
    test(`fails: ${name}`, async () => {
      const { run, calls } = answeringTool('sg_format', name);
      await assert.rejects(startFormat(run, '/dev/sda', null), ToolError);
      assert.equal(calls.length, 1);
    });
  }

  test('is not believed unless the program says so', async () => {
    const silent = async () => ({ stdout: '', stderr: '', exitCode: 0 });
    await assert.rejects(startFormat(silent, '/dev/sda', null), /does not say that it has started/);
  });

  test('is tried again after a unit attention', async () => {
    const { run, calls } = answeringTool('sg_format', 'attention', 'started');
    await startFormat(run, '/dev/sda', null);
    assert.equal(calls.length, 2);
  });
});
