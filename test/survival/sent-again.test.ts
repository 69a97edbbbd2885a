import assert from 'node:assert/strict';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';

let agent: RunningAgent;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
});

after(() => agent.stop());

const execute = 'clean.execute_clean_step';

/** A step like no other, and the file in which its runs are recorded. */
function newStep(seconds: number) {
  const file = path.join(agent.stateDir, `../record-${Math.random()}`);
  return { file, params: stepRequest('sleep_once', { file, seconds }) };
}

/** Sends a command, reads nothing of the answer, and resets the connection when the command is in the list. */
async function loseAnswer(params: object): Promise<WireCommand> {
  const known = (await agent.list()).length;
  const { hostname, port } = new URL(agent.url);
  const body = JSON.stringify({ name: execute, params });
  const socket = connect(Number(port), hostname).pause();
  socket.on('error', () => undefined);
  socket.write(
    `POST /v1/commands/?wait=false&agent_token=${agent.token} HTTP/1.1\r\nHost: agent\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const accepted = async () => (await agent.list())[known];
  const command = await until(accepted, { withinMs: 10_000, what: 'acceptance' });
  socket.resetAndDestroy();
  return command;
}

const listLength = async (): Promise<number> => (await agent.list()).length;

describe('a command whose answer was lost', () => {
  it('is answered with its entry when it is sent again while it runs and when it has ended', async () => {
    const { file, params } = newStep(1);
    const { id } = await loseAnswer(params);
    const known = await listLength();
    const running = await agent.accepted(execute, params);
    assert.deepEqual([running.id, running.command_status], [id, 'RUNNING']);
    await agent.ended(id);
    const ended = await agent.accepted(execute, params);
    assert.deepEqual([ended.id, ended.command_status], [id, 'SUCCEEDED']);
    assert.equal(readStepRuns(file).started.length, 1);
    assert.equal(await listLength(), known);
  });

  it('does not run again after the api was killed before it answered', async () => {
    const { file, params } = newStep(4);
    const asked = agent.post(execute, params, { wait: true });
    asked.catch(() => undefined);
    await until(() => readStepRuns(file).started.length > 0, { withinMs: 10_000, what: 'begin of the step' });
    await agent.replaced('api', await agent.kill('api'));
    await assert.rejects(asked);
    const again = await until(() => agent.accepted(execute, params).catch(() => null), {
      withinMs: 10_000,
      what: 'the api again',
    });
    assert.equal(again.command_status, 'RUNNING');
    assert.equal((await agent.ended(again.id)).command_status, 'SUCCEEDED');
    assert.equal(readStepRuns(file).started.length, 1);
  });

  it('does not run again when the api was killed after it had ended', async () => {
    const { file, params } = newStep(0);
    const { id } = await loseAnswer(params);
    await agent.ended(id);
    await agent.replaced('api', await agent.kill('api'));
    const again = await until(() => agent.accepted(execute, params).catch(() => null), {
      withinMs: 10_000,
      what: 'the api again',
    });
    assert.deepEqual([again.id, again.command_status], [id, 'SUCCEEDED']);
    assert.equal(readStepRuns(file).started.length, 1);
  });

  it('runs when it is meant: another node object, or another command before it', async () => {
    const { file, params } = newStep(0);
    const ids = new Set<string>();
    const run = async (these: object): Promise<void> => {
      const { id } = await agent.accepted(execute, these);
      assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
      ids.add(id);
    };
    await run(params);
    const node = { ...smallNode, driver_internal_info: { clean_step_index: 1 } };
    await run({ ...params, node });
    await agent.accepted('standby.get_partition_uuids');
    await run({ ...params, node });
    assert.equal(ids.size, 3);
    assert.equal(readStepRuns(file).started.length, 3);
  });
});

describe('the question for steps while a step runs', () => {
  it('waits for its end and is answered then, for each kind of steps', async () => {
    for (const kind of ['clean', 'deploy', 'service']) {
      const { file, params } = newStep(1);
      const { id } = await agent.accepted(execute, params);
      const { status, json } = await agent.post(`${kind}.get_${kind}_steps`, { node: smallNode, ports: [] });
      assert.equal(status, 200);
      const { command_status, command_result: result } = json as WireCommand;
      assert.equal(command_status, 'SUCCEEDED');
      assert.deepEqual(Object.keys(result ?? {}), [`${kind}_steps`, 'hardware_manager_version']);
      assert.equal(readStepRuns(file).ended.length, 1);
      assert.equal((await agent.command(id)).command_status, 'SUCCEEDED');
    }
  });
});
