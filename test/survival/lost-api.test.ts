import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { certificateAt } from '../support/http-request.ts';
import { type StandInIronic, startStandInIronic } from '../support/stand-in-ironic.ts';
import type { HeartbeatBody } from '../support/stand-in-ironic-checks.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';

const requiredMs = 2000;
/** How much later a test may see it: the machine that runs it may be busy with other tests. */
const slackMs = 6000;

let ironic: StandInIronic;
let agent: RunningAgent;

before(async () => {
  ironic = await startStandInIronic();
  agent = await startAgent({ ironic, tls: true, hardwareManagerDir: recordedSteps });
  await until(() => ironic.lastHeartbeat, { withinMs: 10_000, what: 'the first heartbeat' });
});

after(() => ironic.close());
after(() => agent.stop());

/** Starts a step that lasts, and resolves when it has really begun. */
async function begin(seconds: number) {
  const file = path.join(agent.stateDir, `../record-${Math.random()}`);
  const params = stepRequest('sleep_once', { file, seconds });
  const { id } = await agent.accepted('clean.execute_clean_step', params);
  await until(() => readStepRuns(file).started.length > 0, { withinMs: 10_000, what: 'begin of the step' });
  return { id, file };
}

/** What of a heartbeat must not change. */
function knownBy(heartbeat: unknown): object {
  const { agent_status_message: _, ...rest } = heartbeat as HeartbeatBody;
  return rest;
}

describe('an api that was killed in the middle of a job', () => {
  it('is back with the same port, token, certificate, callback URL and list, and the job never noticed', async (t) => {
    await agent.accepted('clean.get_clean_steps', { node: smallNode, ports: [] });
    const { id, file } = await begin(10);
    const worker = agent.pid('worker-storage');
    const heartbeat = ironic.lastHeartbeat;
    const certificate = await certificateAt(agent.url);
    const before = (await agent.list()).map((command) => [command.id, command.command_name]);

    const killed = await agent.kill('api');
    const killedAt = performance.now();
    const list = await until(() => agent.list().catch(() => null), {
      withinMs: requiredMs + slackMs,
      what: 'the list again',
    });
    t.diagnostic(`back after ${Math.round(performance.now() - killedAt)} ms, required ${requiredMs} ms`);

    assert.deepEqual(
      list.map((command) => [command.id, command.command_name]),
      before,
    );
    assert.equal(list.at(-1)?.command_status, 'RUNNING');
    assert.notEqual(agent.pid('api'), killed);
    assert.equal(await certificateAt(agent.url), certificate);
    assert.equal((await agent.request('/v1/commands/', { token: 'wrong' })).status, 401);
    assert.equal((await agent.post('standby.get_partition_uuids')).status, 409);

    const seen = ironic.requests.length;
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    assert.deepEqual(readStepRuns(file), { started: [worker], ended: [worker] });
    // The end of the job forces a heartbeat of the new process, and Ironic knows the agent by it.
    const next = await until(
      () => ironic.requests.slice(seen).find(({ path: where }) => where.startsWith('/v1/heartbeat/')),
      { withinMs: 10_000, what: 'a heartbeat' },
    );
    assert.equal(next.status, 202);
    assert.deepEqual(knownBy(next.body), knownBy(heartbeat));
    assert.equal(ironic.requests.filter(({ path: where }) => where === '/v1/lookup').length, 1, 'lookups');
  });

  it('tells of a job that ended while it was away', async () => {
    const { id, file } = await begin(0.3);
    await agent.kill('api');
    await until(() => readStepRuns(file).ended.length === 1, { withinMs: 5000, what: 'end of the step' });
    const command = await agent.ended(id);
    assert.equal(command.command_status, 'SUCCEEDED');
    assert.equal((command.command_result as { clean_result: string }).clean_result, 'slept');
  });

  it('takes no harm from being killed again and again', async () => {
    const { id, file } = await begin(6);
    const ids = (await agent.list()).map((command) => command.id);
    for (let round = 0; round < 3; round++) {
      await agent.replaced('api', await agent.kill('api'));
      await until(() => agent.list().catch(() => null), { withinMs: requiredMs + slackMs, what: 'the list again' });
    }
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    assert.equal(readStepRuns(file).started.length, 1);
    assert.deepEqual(
      (await agent.list()).map((command) => command.id),
      ids,
    );
  });
});
