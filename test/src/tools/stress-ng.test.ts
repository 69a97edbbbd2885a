import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseMetrics, runStress, stressArgs } from '../../../src/tools/stress-ng.ts';
import { answeringTool } from '../../support/answering-tool.ts';
import { capturedOutput } from '../../support/captured-output.ts';

suite('stress-ng', () => {
  test('is asked for processors as it was when it was captured, and counts what they did', async () => {
    const { run, calls } = answeringTool('stress-ng', 'cpu');
    const { metrics, text } = await runStress(run, { kind: 'cpu', workers: 1 }, 1);
    assert.equal(metrics?.seconds, 1);
    assert.ok(metrics.bogoOperations > 100, `${metrics.bogoOperations} operations`);
    assert.match(text, /successful run completed/);
    assert.ok((calls[0]?.timeoutSeconds ?? 0) > 1, 'it may take longer than it is asked to');
  });

  test('is asked for memory as it was when it was captured', async () => {
    const { run } = answeringTool('stress-ng', 'memory');
    const { metrics } = await runStress(run, { kind: 'vm', workers: 1, bytes: '16m' }, 1);
    assert.equal(metrics?.bogoOperations, Number(/ vm +(\d+)/.exec(capturedOutput('stress-ng', 'memory').stderr)?.[1]));
  });

  test('always checks what it gets', () => {
    for (const kind of ['cpu', 'vm'] as const)
      assert.ok(stressArgs({ kind, workers: 0, bytes: '1%' }, 1).includes('--verify'));
  });

  test('has no figures of another stressor', () => {
    assert.equal(parseMetrics(capturedOutput('stress-ng', 'memory').stderr, 'cpu'), null);
  });
});
