import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';

const canary = 'canary-4b8e-flow';

let agent: RunningAgent;
let record: string;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  record = path.join(agent.stateDir, '../record');
});

after(() => agent.stop());

const step = (name: string, args: object): object => ({ 'clean.execute_clean_step': stepRequest(name, args) });

describe('flow.start_flow', () => {
  it('runs its commands in their order; they are not in the list themselves', async () => {
    const flow = [step('sleep_once', { file: record, seconds: 0 }), { 'poll.get_hardware_info': {} }];
    const { id, command_status: before } = await agent.accepted('flow.start_flow', { flow });
    assert.equal(before, 'RUNNING');
    const { command_status, command_result } = await agent.ended(id);
    assert.deepEqual([command_status, command_result], ['SUCCEEDED', null]);
    assert.equal(readStepRuns(record).ended.length, 1);
    assert.deepEqual(
      (await agent.list()).map(({ command_name }) => command_name),
      ['start_flow'],
    );
  });

  it('that cannot be run as a whole is 400, and nothing of it runs or is stored', async () => {
    const commands = (await agent.list()).length;
    const runs = readStepRuns(record).started.length;
    const flow = [step('sleep_once', { file: record, seconds: 0 }), { 'standby.nothing': {} }];
    const { status, json } = await agent.post('flow.start_flow', { flow });
    assert.equal(status, 400);
    const { faultstring } = json as { faultstring: string };
    assert.match(faultstring, /^Invalid command parameters: flow\[1\]: standby.nothing/);
    assert.equal((await agent.list()).length, commands);
    assert.equal(readStepRuns(record).started.length, runs);
  });

  it('that fails says which of its commands did', async () => {
    const flow = [step('fail_with', { text: 'no luck', agent: true }), { 'standby.sync': {} }];
    const { id } = await agent.accepted('flow.start_flow', { flow });
    const { command_status, command_error } = await agent.ended(id);
    assert.equal(command_status, 'FAILED');
    assert.match(command_error?.details ?? '', /^clean.execute_clean_step was failed: .*no luck/);
  });

  it('leaves no secret of its parts in the queue, in the log or in the list', async () => {
    const info = { node: { ...smallNode, driver_info: { ipmi_password: canary } }, config: { agent_token: canary } };
    const { id } = await agent.accepted('flow.start_flow', { flow: [{ 'poll.set_node_info': { node_info: info } }] });
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    const directory = path.join(agent.stateDir, 'redis');
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const kept = files.map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'latin1')).join('');
    assert.ok(kept.includes('poll.set_node_info'));
    const { text } = await agent.request('/v1/commands/');
    for (const place of [kept, agent.log, text]) assert.ok(!place.includes(canary));
    assert.deepEqual(readdirSync(path.join(agent.stateDir, 'secrets')), []);
  });
});
