import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { type SanitizeAction, startSanitize } from '../../../src/tools/sg-sanitize.ts';
import { answeringTool } from '../../support/answering-tool.ts';

suite('the start of a sanitize', () => {
  for (const action of ['crypto', 'block', 'overwrite'] satisfies SanitizeAction[]) {
    test(`is accepted: ${action}`, async () => {
      const { run, calls } = answeringTool('sg_sanitize', `accepted-${action}`);
      await startSanitize(run, '/dev/sda', action);
      assert.deepEqual(
        calls.map(({ effect }) => effect),
        [{ kind: 'device', device: '/dev/sda' }],
      );
    });
  }

  for (const name of ['not-supported', 'no-opcode', 'in-progress', 'failed', 'aborted', 'no-connect', 'gone']) {
    test(`fails: ${name}`, async () => {
      const { run, calls } = answeringTool('sg_sanitize', name);
      await assert.rejects(startSanitize(run, '/dev/sda', 'crypto'), ToolError);
      assert.equal(calls.length, 1);
    });
  }

  test('fails where the program calls an error of the transport a success', async () => {
    const { run } = answeringTool('sg_sanitize', 'overwrite-hung');
    await assert.rejects(startSanitize(run, '/dev/sdd', 'overwrite'), /no answer came from the drive/);
  });

  test('is tried again after a unit attention, with which the drive did not do it', async () => {
    const { run, calls } = answeringTool('sg_sanitize', 'attention', 'accepted-crypto');
    await startSanitize(run, '/dev/sda', 'crypto');
    assert.equal(calls.length, 2);
  });
});
