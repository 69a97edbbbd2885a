import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { JobCancelled } from '../../../src/core/job-cancelled.ts';
import type { ToolCall } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { burninCpu } from '../../../src/steps/burnin-cpu.ts';
import { burnInContext, startBurnIn } from '../../support/burn-in-step.ts';
import { isRunning } from '../../support/is-running.ts';
import { runningBelow } from '../../support/running-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

suite('burnin_cpu', () => {
  test('lets a processor calculate, tells the seconds, and leaves what it counted in log and file', async () => {
    using directory = temporaryDirectory();
    const file = path.join(directory.path, 'burn-in', 'cpu.log');
    const { context, result } = startBurnIn(burninCpu, {
      driverInfo: { agent_burnin_cpu_cpu: 1, agent_burnin_cpu_timeout: 2, agent_burnin_cpu_outputfile: file },
      config: { stateDir: directory.path },
    });
    assert.equal(await result, null);
    const done = context.reports.map((report) => report.done);
    assert.deepEqual([done[0], done.at(-1)], [0, 2]);
    assert.ok(done.includes(1), `seconds were ${done.join(', ')}`);
    for (const { phase, total } of context.reports) assert.deepEqual([phase, total], ['burnin', 2]);
    const outcome = context.entries.find(({ message }) => message === 'burn-in is over');
    assert.ok(Number(outcome?.['bogo_ops']) > 0, JSON.stringify(outcome));
    assert.match(readFileSync(file, 'utf8'), /stress-ng: .* successful run completed/);
  });

  test('leaves nothing running when it is cancelled', async () => {
    const controller = new AbortController();
    const { result } = startBurnIn(burninCpu, {
      driverInfo: { agent_burnin_cpu_cpu: 2, agent_burnin_cpu_timeout: 60 },
      signal: controller.signal,
    });
    const pids = await until(() => runningBelow('stress-ng-cpu', 2), { withinMs: 20_000, what: 'two workers run' });
    controller.abort(new JobCancelled());
    await assert.rejects(result, /aborted/);
    assert.deepEqual(pids.filter(isRunning), []);
  });

  test('says which program of which package is missing, before anything begins', async () => {
    const calls: ToolCall[] = [];
    const run = async (call: ToolCall): Promise<never> => {
      calls.push(call);
      throw new ToolError(call, { exitCode: null, why: 'stress-ng is not installed', stderrTail: '' });
    };
    const context = { ...burnInContext({}), run };
    await assert.rejects(burninCpu.run({}, context), {
      name: 'CommandExecutionError',
      details: /^stress-ng is not installed .*Debian package stress-ng.*nothing was started/,
    });
    assert.equal(calls.length, 1);
    assert.deepEqual(context.reports, []);
  });

  test('fails with the exit code and the last lines of stress-ng', async () => {
    const { run, ...context } = burnInContext({ driverInfo: { agent_burnin_cpu_timeout: 1 } });
    const failing = async (call: ToolCall) => {
      if (call.args.includes('--version')) return await run(call);
      throw new ToolError(call, { exitCode: 2, why: 'exit code 2', stderrTail: 'stress-ng: fail: [7] cpu: sqrt' });
    };
    await assert.rejects(burninCpu.run({}, { ...context, run: failing }), {
      details: /processors failed: stress-ng .*exit code 2: stress-ng: fail: \[7\] cpu: sqrt$/,
    });
  });

  test('refuses an output file outside of its own directory, before anything begins', async () => {
    using directory = temporaryDirectory();
    mkdirSync(path.join(directory.path, 'other'));
    const files = [
      path.join(directory.path, 'config.json'),
      path.join(directory.path, 'other', 'x'),
      '/etc/ih-burn-in',
    ];
    for (const file of files) {
      const { context, result } = startBurnIn(burninCpu, {
        driverInfo: { agent_burnin_cpu_outputfile: file },
        config: { stateDir: directory.path },
      });
      await assert.rejects(result, { details: /outside a ramdisk only .*burn-in may be written to/ });
      assert.deepEqual(context.reports, []);
    }
  });
});
