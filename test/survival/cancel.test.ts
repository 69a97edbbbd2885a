import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import type { HttpReply } from '../support/http-request.ts';
import { recordedSteps, stepRequest } from '../support/step-request.ts';
import { readStepRuns, type StepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';
import { WatchedCommand } from '../support/watched-command.ts';

const lostWithinMs = 15_000;

let agent: RunningAgent;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
});

after(() => agent.stop());

afterEach(() => {
  for (const pid of Object.values(agent.pids)) process.kill(pid, 'SIGCONT');
});

interface Begun {
  readonly id: string;
  runs(): StepRuns;
}

async function post(step: string, args: object): Promise<Begun> {
  const file = path.join(agent.stateDir, `../${step}-${Math.random()}`);
  const { id } = await agent.accepted('clean.execute_clean_step', stepRequest(step, { file, ...args }));
  return { id, runs: () => readStepRuns(file) };
}

/** Starts a step, and resolves when it has really begun. */
async function begin(step: string, seconds = 60, args: object = {}): Promise<Begun> {
  const begun = await post(step, { seconds, ...args });
  await until(() => begun.runs().started.length > 0, { withinMs: lostWithinMs, what: 'begin of the step' });
  return begun;
}

function cancel(id: string, token?: null): Promise<HttpReply> {
  return agent.request(`/v1/commands/${id}/cancel`, { method: 'POST', ...(token === null ? { token } : {}) });
}

async function cancelled(id: string): Promise<WireCommand> {
  const { status, text, json } = await cancel(id);
  assert.equal(status, 202, text);
  return json as WireCommand;
}

function assertCancelled({ command_status: status, command_error: error }: WireCommand, details?: RegExp): void {
  assert.deepEqual([status, error?.type], ['FAILED', 'CommandCancelledError']);
  if (details) assert.match(error?.details ?? '', details);
}

async function refused(id: string): Promise<readonly [number, string]> {
  const { status, json } = await cancel(id);
  return [status, (json as { faultstring: string }).faultstring];
}

/** Resolves when redis is there again for the api. */
async function recovered(): Promise<void> {
  const accepted = async (): Promise<boolean> => (await agent.post('standby.get_partition_uuids')).status === 200;
  await until(accepted, { withinMs: 10_000, what: 'a command that is accepted' });
}

/** Something else can be done: the conductor's path is free again. */
async function assertIsFree(): Promise<void> {
  assert.equal((await agent.accepted('standby.get_partition_uuids')).command_status, 'SUCCEEDED');
}

describe('a running command that is cancelled', () => {
  for (const step of ['sleep_repeatable', 'sleep_resumable', 'sleep_once']) {
    it(`ends as cancelled at once where its step gives up, and is not run again (${step})`, async (t) => {
      const { id, runs } = await begin(step);
      const started = performance.now();
      assert.equal((await cancelled(id)).id, id);
      assertCancelled(await agent.ended(id), /^it was cut short$/);
      t.diagnostic(`ended ${(performance.now() - started).toFixed(0)} ms after it was cancelled`);
      await assertIsFree();
      assert.deepEqual([runs().started.length, runs().ended.length], [1, 0]);
    });
  }

  it('is RUNNING until its step has come to its end, and then has succeeded; to cancel it twice changes nothing', async () => {
    const { id, runs } = await begin('sleep_stubborn', 3);
    await using watched = new WatchedCommand(agent, id);
    for (const _round of [1, 2]) assert.equal((await cancelled(id)).command_status, 'RUNNING');
    assert.equal((await agent.post('standby.get_partition_uuids')).status, 409);
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    assert.deepEqual([runs().started.length, runs().ended.length], [1, 1]);
    assert.ok(watched.states.every((state) => state === 'RUNNING' || state === 'SUCCEEDED'));
  });

  it('tells what its step said in the end', async () => {
    const { id } = await begin('sleep_stubborn', 1, { fails: true });
    await cancelled(id);
    assertCancelled(await agent.ended(id), /^it was cut short: .*\/dev\/sda is not clean: it was cancelled$/);
  });

  it('is not begun again when its worker is killed right after', async () => {
    const { id, runs } = await begin('sleep_stubborn');
    await cancelled(id);
    await agent.kill('worker-storage');
    assertCancelled(await agent.ended(id, lostWithinMs), /its process ended before it did, and it was not begun again/);
    await agent.replaced('worker-storage', await agent.kill('worker-storage'));
    await assertIsFree();
    await sleep(3000);
    assert.equal(runs().started.length, 1);
  });

  it('is not begun again where it is cancelled while its worker is dead', async () => {
    const { id, runs } = await begin('sleep_resumable');
    const pid = await agent.replaced('worker-storage', await agent.kill('worker-storage'));
    process.kill(pid, 'SIGSTOP');
    assert.equal((await cancelled(id)).command_status, 'RUNNING');
    process.kill(pid, 'SIGCONT');
    assertCancelled(await agent.ended(id, lostWithinMs), /it was not begun again/);
    assert.equal(runs().started.length, 1);
  });

  it('ends as cancelled although the api is killed right after', async () => {
    const { id } = await begin('sleep_repeatable');
    await cancelled(id);
    await agent.kill('api');
    assertCancelled(await agent.ended(id));
  });

  it('ends as cancelled although redis is killed right after', async () => {
    const { id, runs } = await begin('sleep_repeatable');
    await cancelled(id);
    await agent.replaced('redis', await agent.kill('redis'));
    assertCancelled(await agent.ended(id));
    await recovered();
    assert.deepEqual([runs().started.length, runs().ended.length], [1, 0]);
  });

  it('is not cancelled while redis is away: 503, and it goes on', async () => {
    const { id } = await begin('sleep_repeatable');
    process.kill(agent.pid('redis'), 'SIGSTOP');
    const [status, fault] = await refused(id);
    assert.equal(status, 503);
    assert.match(fault, /^Command queue is unavailable: /);
    process.kill(agent.pid('redis'), 'SIGCONT');
    const again = async (): Promise<boolean> => (await cancel(id)).status === 202;
    // What was asked of a Redis that was stuck may have been done after all: then it has ended.
    await until(async () => (await again()) || (await agent.command(id)).command_status === 'FAILED', {
      withinMs: 5000,
      what: 'the cancellation',
    });
    assertCancelled(await agent.ended(id));
    await recovered();
  });
});

describe('a command that waits in its queue and is cancelled', () => {
  it('ends in the answer, is never run, and shows so after a restart of the api', async () => {
    const pid = agent.pid('worker-storage');
    process.kill(pid, 'SIGSTOP');
    const { id, runs } = await post('sleep_repeatable', { seconds: 0 });
    const answer = await cancelled(id);
    assertCancelled(answer, /^it had not begun; nothing was done$/);
    await agent.replaced('api', await agent.kill('api'));
    process.kill(pid, 'SIGCONT');
    await until(() => agent.list().catch(() => null), { withinMs: 5000, what: 'the new api' });
    assert.deepEqual(await agent.command(id), answer);
    await sleep(1000);
    assert.deepEqual(runs().started, []);
    await assertIsFree();
  });
});

describe('a request to cancel', () => {
  it('is refused without the token', async () => {
    const [last] = (await agent.list()).slice(-1);
    assert.equal((await cancel(last?.id ?? '', null)).status, 401);
  });

  it('is refused for a command that there is none of', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    assert.deepEqual(await refused(unknown), [404, `Not found: Command Result with id ${unknown} not found.`]);
  });

  it('is refused for one that has ended', async () => {
    const { id } = await agent.accepted('standby.get_partition_uuids');
    const fault = 'Command cannot be cancelled: get_partition_uuids has ended';
    assert.deepEqual(await refused(id), [409, fault]);
    assert.equal((await agent.command(id)).command_status, 'SUCCEEDED');
  });

  it('is refused for a step that cannot be interrupted, which goes on', async () => {
    const { id } = await begin('sleep_unabortable', 1);
    const fault = 'Command cannot be cancelled: sleep_unabortable cannot be interrupted; it goes on';
    assert.deepEqual(await refused(id), [409, fault]);
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
  });
});
