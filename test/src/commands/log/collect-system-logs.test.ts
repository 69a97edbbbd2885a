import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { collectSystemLogs } from '../../../../src/commands/log/collect-system-logs.ts';
import { createJobContext } from '../../../support/job-context.ts';

describe('log.collect_system_logs', () => {
  it('gives an archive of this machine that tar can read', async () => {
    const context = createJobContext({ devices: [] });
    const started = performance.now();
    const result = (await collectSystemLogs.run({}, context)) as { system_logs: string };
    assert.deepEqual(Object.keys(result), ['system_logs']);
    const input = Buffer.from(result.system_logs, 'base64');
    const names = execFileSync('tar', ['--list', '--gzip', '--file', '-'], { input, encoding: 'utf8' }).split('\n');
    for (const name of ['lsblk', 'mount', 'df', 'ps', 'meminfo'])
      assert.ok(names.includes(name), `${name} in ${names}`);
    assert.ok(performance.now() - started < 55_000);
  });

  it('ends when the job is aborted', async () => {
    const stop = new AbortController();
    stop.abort(new Error('aborted by the test'));
    const context = createJobContext({ devices: [], signal: stop.signal });
    await assert.rejects(collectSystemLogs.run({}, context), /aborted by the test/);
  });
});
