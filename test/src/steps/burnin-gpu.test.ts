import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { JobCancelled } from '../../../src/core/job-cancelled.ts';
import { burninGpu } from '../../../src/steps/burnin-gpu.ts';
import { startBurnIn } from '../../support/burn-in-step.ts';
import { isRunning } from '../../support/is-running.ts';
import { runningBelow } from '../../support/running-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

/** A script in the place of gpu_burn, which needs GPUs: it says what it was told, and what the test wants of GPUs. */
function installStandIn(directory: string, script: string): Readonly<Record<string, unknown>> {
  writeFileSync(path.join(directory, 'gpu_burn'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { agent_burnin_gpu_install_dir: directory, agent_burnin_gpu_timeout: 1 };
}

const twoGpus = (verdict: string): string =>
  `[ "$*" = "-m 95% 1" ] && [ "$(pwd)" = "$(dirname "$(readlink -f "$0")")" ] || exit 9
   printf '\\r50.0%%  errors: 0\\r100.0%%  errors: 0\\ndone\\n\\nTested 2 GPUs:\\n\\tGPU 0: OK\\n\\tGPU 1: ${verdict}\\n'`;

suite('burnin_gpu, with a stand-in for gpu_burn', () => {
  test('is content with good GPUs in the number that is wanted', async () => {
    using directory = temporaryDirectory();
    const driverInfo = { ...installStandIn(directory.path, twoGpus('OK')), agent_burnin_gpu_count: 2 };
    const { context, result } = startBurnIn(burninGpu, { driverInfo });
    assert.equal(await result, null);
    assert.deepEqual(context.reports.at(-1), { phase: 'burnin', done: 1, total: 1 });
    assert.deepEqual(context.entries.at(-1)?.['gpus'], [
      { gpu: 0, isFaulty: false },
      { gpu: 1, isFaulty: false },
    ]);
  });

  test('names GPUs that are faulty, and a number that is not the wanted one', async () => {
    using directory = temporaryDirectory();
    const driverInfo = { ...installStandIn(directory.path, twoGpus('FAULTY')), agent_burnin_gpu_count: 4 };
    const { result } = startBurnIn(burninGpu, { driverInfo });
    await assert.rejects(result, { details: /faulty GPUs: 1; expected 4 GPUs, 2 were tested/ });
  });

  test('fails where the program fails, and where it says nothing', async () => {
    using directory = temporaryDirectory();
    const failing = startBurnIn(burninGpu, {
      driverInfo: installStandIn(directory.path, 'echo No CUDA devices >&2; exit 19'),
    });
    await assert.rejects(failing.result, { details: /gpu_burn -m 95% 1: exit code 19: No CUDA devices/ });
    const silent = startBurnIn(burninGpu, { driverInfo: installStandIn(directory.path, 'exit 0') });
    await assert.rejects(silent.result, { details: /without a word about any GPU/ });
  });

  test('does not run outside a ramdisk what somebody else could replace', async () => {
    using directory = temporaryDirectory();
    const driverInfo = installStandIn(directory.path, `touch ${directory.path}/ran`);
    for (const [place, mode] of [
      [path.join(directory.path, 'gpu_burn'), 0o757],
      [directory.path, 0o777],
    ] as const) {
      const { mode: before } = statSync(place);
      chmodSync(place, mode);
      const details = new RegExp(`${place}: expected that only this user .* found mode ${mode.toString(8)} of user 0`);
      await assert.rejects(startBurnIn(burninGpu, { driverInfo }).result, { details });
      chmodSync(place, before & 0o777);
    }
    chownSync(directory.path, 65534, 65534);
    await assert.rejects(startBurnIn(burninGpu, { driverInfo }).result, { details: /of user 65534/ });
    assert.equal(existsSync(path.join(directory.path, 'ran')), false);
  });

  test('leaves nothing running when it is cancelled', async () => {
    using directory = temporaryDirectory();
    const controller = new AbortController();
    const { result } = startBurnIn(burninGpu, {
      driverInfo: installStandIn(directory.path, 'sleep 61 & wait'),
      signal: controller.signal,
    });
    const pids = await until(() => runningBelow('sleep\x0061'), { withinMs: 20_000, what: 'the stand-in runs' });
    controller.abort(new JobCancelled());
    await assert.rejects(result, /aborted/);
    assert.deepEqual(pids.filter(isRunning), []);
  });

  test('says where the program was looked for, before anything begins', async () => {
    using directory = temporaryDirectory();
    const { context, result } = startBurnIn(burninGpu, {
      driverInfo: { agent_burnin_gpu_install_dir: path.join(directory.path, 'none') },
    });
    await assert.rejects(result, {
      details: /gpu_burn cannot be run: ENOENT.*agent_burnin_gpu_install_dir.*nothing was/,
    });
    assert.deepEqual(context.reports, []);
  });
});
