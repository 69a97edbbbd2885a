import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunTool } from '../../src/core/tool.ts';
import { type EraseMethod, EraseMethodError } from '../../src/storage/erase/method.ts';
import { parseSmart } from '../../src/tools/smartctl.ts';
import { capturedOutput } from '../support/captured-output.ts';
import { createFullDisk, eraseAll } from '../support/erase-group-run.ts';
import { makeMethod, noEvidence } from '../support/erase-request.ts';
import { eraseDevice } from '../support/scsi-method.ts';

const outputs = ['ata', 'sas-failing'].map((name) => capturedOutput('smartctl', name).text);

/** A disk that was well before, and is failing after. */
function wearingOut(): (real: RunTool) => RunTool {
  const answers = [...outputs];
  return (real) => async (call) => {
    if (call.program !== 'smartctl') return await real(call);
    return { stdout: answers.shift() ?? assert.fail('asked once more'), stderr: '', exitCode: 0 };
  };
}

const runs: Readonly<Record<string, EraseMethod['run']>> = {
  'was erased': async ({ target: { path, sizeBytes } }) => {
    await eraseDevice(path, sizeBytes, 'block');
    return noEvidence;
  },
  'was not erased': () => Promise.resolve(noEvidence),
  'gave up': () => Promise.reject(new EraseMethodError('the drive aborted')),
};

describe('the record of an erase', () => {
  for (const [what, run] of Object.entries(runs)) {
    it(`has SMART of before and after of a disk that ${what}`, async () => {
      await using disk = await createFullDisk();
      const [erasure] = await eraseAll([disk], { methods: [makeMethod('overwrite', { run })], run: wearingOut() });
      assert.equal(erasure?.isClean, what === 'was erased');
      assert.deepEqual([erasure.smart.before, erasure.smart.after], outputs.map(parseSmart));
      assert.notDeepEqual(erasure.smart.before, erasure.smart.after);
    });
  }

  it('does without SMART where it cannot be read', async () => {
    await using disk = await createFullDisk();
    const run = (real: RunTool): RunTool => {
      return (call) => (call.program === 'smartctl' ? Promise.reject(new Error('it hangs')) : real(call));
    };
    const methods = [makeMethod('overwrite', { run: runs['was erased'] ?? assert.fail() })];
    const [erasure] = await eraseAll([disk], { methods, run });
    assert.deepEqual([erasure?.isClean, erasure?.smart], [true, { before: null, after: null }]);
  });
});
