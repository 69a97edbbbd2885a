import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';
import { WatchedCommand } from '../support/watched-command.ts';

let agent: RunningAgent;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
});

after(() => agent.stop());

/** Starts a step that lasts, and resolves when it has really begun. */
async function begin(step: string, seconds: number) {
  const file = path.join(agent.stateDir, `../record-${Math.random()}`);
  const { id } = await agent.accepted('clean.execute_clean_step', stepRequest(step, { file, seconds }));
  await until(() => readStepRuns(file).started.length > 0, { withinMs: 10_000, what: 'begin of the step' });
  return { id, file };
}

const ids = async (): Promise<readonly string[]> => (await agent.list()).map(({ id }) => id);

/** Waits until commands are accepted again, and thereby until all processes have found back to each other. */
async function working(): Promise<void> {
  const accepted = async () => (await agent.post('standby.get_partition_uuids')).status === 200;
  await until(accepted, { withinMs: 15_000, what: 'a command that is accepted' });
}

describe('redis killed in the middle of a job', () => {
  for (const step of ['sleep_repeatable', 'sleep_once']) {
    it(`loses no command, and the job goes on undisturbed: ${step}`, async () => {
      await agent.accepted('clean.get_clean_steps', { node: smallNode, ports: [] });
      const { id, file } = await begin(step, 4);
      const before = await ids();
      const worker = agent.pid('worker-storage');
      await using watched = new WatchedCommand(agent, id);
      await agent.replaced('redis', await agent.kill('redis'));
      const ended = await agent.ended(id);
      assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
      await watched[Symbol.asyncDispose]();
      assert.deepEqual(readStepRuns(file), { started: [worker], ended: [worker] });
      assert.deepEqual(await ids(), before);
      assert.ok(
        watched.states.every((state) => state === 'RUNNING' || state === 'SUCCEEDED'),
        `${watched.states}`,
      );
      await working();
    });
  }

  it('loses no end of a job that comes while it is away', async () => {
    const { id, file } = await begin('sleep_once', 0.3);
    const replaced = await agent.replaced('redis', await agent.kill('redis'));
    process.kill(replaced, 'SIGSTOP');
    try {
      await until(() => readStepRuns(file).ended.length === 1, { withinMs: 5000, what: 'end of the step' });
    } finally {
      process.kill(replaced, 'SIGCONT');
    }
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    await working();
  });

  it('keeps a command that it accepted just before', async () => {
    const file = path.join(agent.stateDir, '../just-before');
    const params = stepRequest('sleep_repeatable', { file, seconds: 0.5 });
    const { id } = await agent.accepted('clean.execute_clean_step', params);
    await agent.kill('redis');
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    await working();
    assert.ok((await ids()).includes(id));
  });
});

describe('all processes killed at once in the middle of a job', () => {
  for (const [step, status] of [
    ['sleep_repeatable', 'SUCCEEDED'],
    ['sleep_once', 'FAILED'],
  ] as const) {
    it(`come back with the whole list, and the job ends by its class: ${step} ${status}`, async () => {
      const { id, file } = await begin(step, 2);
      const before = await ids();
      const old = agent.pids;
      for (const pid of Object.values(old)) process.kill(pid, 'SIGKILL');
      await until(() => Object.values(old).every((pid) => !Object.values(agent.pids).includes(pid)), {
        withinMs: 5000,
        what: 'end of all processes',
      });
      const ended = await agent.ended(id, 40_000);
      assert.equal(ended.command_status, status);
      assert.deepEqual(await ids(), before);
      const { started } = readStepRuns(file);
      assert.equal(started.length, status === 'FAILED' ? 1 : 2);
      if (status === 'FAILED') assert.equal(ended.command_error?.type, 'InterruptedError');
      await working();
    });
  }
});
