import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { recordedSteps, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';
import { WatchedCommand } from '../support/watched-command.ts';

const lostWithinMs = 15_000;

let agent: RunningAgent;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
});

after(() => agent.stop());

/** Starts a step, and resolves when it has really begun. */
async function begin(step: string, seconds: number) {
  const file = path.join(agent.stateDir, `../${step}-${Math.random()}`);
  const { id } = await agent.accepted('deploy.execute_deploy_step', stepRequest(step, { file, seconds }));
  await until(() => readStepRuns(file).started.length > 0, { withinMs: 10_000, what: 'begin of the step' });
  return { id, file };
}

for (const step of ['sleep_repeatable', 'sleep_resumable']) {
  describe(`a job of the step ${step} whose worker was killed`, () => {
    it('runs again in the next worker, and is RUNNING all the time', async (t) => {
      const { id, file } = await begin(step, 1);
      await using watched = new WatchedCommand(agent, id);
      const killed = await agent.kill('worker-storage');
      const killedAt = performance.now();
      await until(() => readStepRuns(file).started.length === 2, { withinMs: lostWithinMs, what: 'second run' });
      t.diagnostic(`runs again ${((performance.now() - killedAt) / 1000).toFixed(1)} s after the kill, required 15 s`);
      assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
      const next = agent.pid('worker-storage');
      assert.deepEqual(readStepRuns(file), { started: [killed, next], ended: [next] });
      assert.deepEqual(watched.states.slice(0, 1), ['RUNNING']);
      assert.ok(watched.states.every((state) => state === 'RUNNING' || state === 'SUCCEEDED'));
    });
  });
}

describe('a job of a step that is safe only once, whose worker was killed', () => {
  it('fails as interrupted within 15 s and is never run again', async () => {
    const { id, file } = await begin('sleep_once', 60);
    const pid = await agent.kill('worker-storage');
    const { command_status: status, command_error: error } = await agent.ended(id, lostWithinMs);
    assert.equal(status, 'FAILED');
    assert.equal(error?.type, 'InterruptedError');
    assert.match(error?.details ?? '', new RegExp(`pid ${pid}\\) died in the middle; it is not safe to run again`));
    await sleep(3000);
    assert.deepEqual(readStepRuns(file), { started: [pid], ended: [] });
    // Nor by yet another worker.
    await agent.replaced('worker-storage', await agent.kill('worker-storage'));
    await sleep(3000);
    assert.deepEqual(readStepRuns(file).started, [pid]);
    assert.equal((await agent.command(id)).command_status, 'FAILED');
  });
});

describe('a worker that was killed', () => {
  it('takes nothing of the other group with it', async () => {
    const { id } = await begin('sleep_repeatable', 0.5);
    const system = await agent.kill('worker-system');
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    await agent.replaced('worker-system', system);
    const versions = await agent.accepted('standby.get_partition_uuids', {}, { wait: true });
    assert.equal(versions.command_status, 'SUCCEEDED');
  });

  it('leaves a synchronous command to the next one, and its POST is answered', async () => {
    const pid = agent.pid('worker-system');
    process.kill(pid, 'SIGSTOP');
    const answer = agent.post('standby.get_partition_uuids', {}, { wait: true });
    await sleep(200);
    process.kill(pid, 'SIGKILL');
    const { status, json } = await answer;
    assert.equal(status, 200);
    assert.equal((json as { command_status: string }).command_status, 'SUCCEEDED');
  });
});

describe('a worker that was frozen for so long that its job counts as lost', () => {
  it('goes on with the job where it was, and does not begin it a second time', async () => {
    const { id, file } = await begin('sleep_once', 1.5);
    const pid = agent.pid('worker-storage');
    process.kill(pid, 'SIGSTOP');
    await sleep(7000);
    process.kill(pid, 'SIGCONT');
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    assert.deepEqual(readStepRuns(file), { started: [pid], ended: [pid] });
  });
});
