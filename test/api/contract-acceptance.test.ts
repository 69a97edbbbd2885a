import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';

const wireFields = ['id', 'command_name', 'command_status', 'command_error', 'command_result'];

let agent: RunningAgent;
let record: string;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  record = path.join(agent.stateDir, '../record');
});

after(() => agent.stop());

const sleepStep = (seconds: number): object => stepRequest('sleep_repeatable', { file: record, seconds });

describe('acceptance', () => {
  it('refuses a second command while the last one runs, and stores nothing of it', async () => {
    const running = await agent.accepted('clean.execute_clean_step', sleepStep(1));
    const before = await agent.list();
    for (const [name, params] of [
      ['clean.execute_clean_step', sleepStep(2)],
      ['standby.get_partition_uuids', {}],
      ['standby.sync', {}],
    ] as const) {
      const { status, json } = await agent.post(name, params, { wait: true });
      assert.equal(status, 409);
      assert.deepEqual(json, {
        faultcode: 'Client',
        faultstring: 'Agent is busy: executing command execute_clean_step',
      });
    }
    const ids = (list: readonly WireCommand[]) => list.map(({ id }) => id);
    assert.deepEqual(ids(await agent.list()), ids(before));
    assert.equal((await agent.ended(running.id)).command_status, 'SUCCEEDED');
    assert.equal((await agent.post('standby.get_partition_uuids')).status, 200);
  });

  it('says what is wrong with a bad request before it says that it is busy', async () => {
    const { id } = await agent.accepted('clean.execute_clean_step', sleepStep(0.5));
    const statuses = await Promise.all([
      agent.request('/v1/commands/', { method: 'POST', body: '{', token: null }),
      agent.request('/v1/commands/', { method: 'POST', body: '{' }),
      agent.post('bad_extension.fake_command'),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [401, 400, 404],
    );
    await agent.ended(id);
  });

  it('lets synchronous commands that come together wait for each other', async () => {
    const params = { node: smallNode, ports: [] };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => agent.post('clean.get_clean_steps', params, { wait: true })),
    );
    for (const { status, json } of answers) {
      assert.equal(status, 200);
      assert.equal((json as WireCommand).command_status, 'SUCCEEDED');
    }
  });

  it('never blocks a GET', async () => {
    const { id } = await agent.accepted('clean.execute_clean_step', sleepStep(0.6));
    const waiting = agent.request(`/v1/commands/${id}?wait=true`);
    for (let round = 0; round < 5; round++) assert.equal((await agent.list()).at(-1)?.command_status, 'RUNNING');
    assert.equal(((await waiting).json as WireCommand).command_status, 'SUCCEEDED');
  });

  it('orders the list by acceptance', async () => {
    const ids = (await agent.list()).map(({ id }) => id);
    const accepted: string[] = [];
    for (let round = 0; round < 5; round++) {
      accepted.push((await agent.accepted('standby.get_partition_uuids')).id);
      accepted.push((await agent.accepted('clean.execute_clean_step', sleepStep(0), { wait: true })).id);
    }
    assert.deepEqual(
      (await agent.list()).map(({ id }) => id),
      [...ids, ...accepted],
    );
  });

  it('shows how far a running command is, in a field of its own', async () => {
    const { id } = await agent.accepted('clean.execute_clean_step', sleepStep(0.5));
    await sleep(200);
    const { progress, ...rest } = await agent.command(id);
    assert.deepEqual(Object.keys(rest), wireFields);
    assert.deepEqual(Object.keys(progress ?? {}), ['phase', 'done', 'total', 'unit', 'rate', 'eta']);
    assert.deepEqual(Object.keys(await agent.ended(id)), wireFields);
  });
});
