import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { until } from '../support/until.ts';

/** What is required of the product. */
const requiredMs = 100;
/** How much later a test may see it: on a machine that is busy with other tests Redis is given up later, too. */
const slackMs = 1000;

let agent: RunningAgent;
let record: string;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  record = path.join(agent.stateDir, '../record');
  await agent.accepted('standby.get_partition_uuids');
});

after(() => agent.stop());

afterEach(() => void process.kill(agent.pid('redis'), 'SIGCONT'));

const steps = ['clean.get_clean_steps', { node: smallNode, ports: [] }] as const;
const sleepStep = (seconds: number) =>
  ['clean.execute_clean_step', stepRequest('sleep_repeatable', { file: record, seconds })] as const;

/** POSTs a few commands; all must be refused. Tells how long it took in the median. */
async function refusedWithin(t: TestContext, what: string): Promise<void> {
  const times: number[] = [];
  for (const [name, params] of [steps, sleepStep(0), steps, sleepStep(0), steps, sleepStep(0), steps]) {
    const started = performance.now();
    const { status, json } = await agent.post(name, params, { wait: true });
    times.push(performance.now() - started);
    assert.equal(status, 503);
    const { faultcode, faultstring } = json as Record<string, string>;
    assert.equal(faultcode, 'Server');
    assert.match(faultstring ?? '', /^Command queue is unavailable: the command was not accepted: redis /);
  }
  const median = times.toSorted((a, b) => a - b)[3] ?? 0;
  t.diagnostic(`${what}: 503 after ${median.toFixed(1)} ms (median of ${times.length}), required ${requiredMs} ms`);
  assert.ok(median < requiredMs + slackMs, `${median} ms`);
}

/** Resolves when a command goes through again. */
async function recovered(): Promise<void> {
  const accepted = async (): Promise<boolean> => (await agent.post(...steps, { wait: true })).status === 200;
  await until(accepted, { withinMs: 10_000, what: 'a command that is accepted' });
}

/** Kills redis, and holds back the one that the launcher starts in its place. */
async function withoutRedis(work: () => Promise<void>): Promise<void> {
  const pid = agent.pid('redis');
  process.kill(pid, 'SIGKILL');
  const replaced = await agent.replaced('redis', pid);
  process.kill(replaced, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(replaced, 'SIGCONT');
  }
}

describe('with redis killed and not back yet', () => {
  it('a command is refused at once, the list is answered from memory, and all recovers by itself', async (t) => {
    const list = await agent.request('/v1/commands/');
    await withoutRedis(async () => {
      await refusedWithin(t, 'killed');
      assert.equal((await agent.request('/v1/commands/')).text, list.text);
      const [entry] = await agent.list();
      assert.equal((await agent.command(entry?.id ?? '')).command_status, 'SUCCEEDED');
      const log = await agent.request(`/v1/commands/${entry?.id}/log`);
      assert.equal(log.status, 503);
      assert.equal((await agent.request('/v1/status')).status, 200);
    });
    await recovered();
  });
});

describe('with redis stopped, its connections open', () => {
  it('a command is refused soon, the list is answered from memory, and all recovers by itself', async (t) => {
    const list = await agent.list();
    process.kill(agent.pid('redis'), 'SIGSTOP');
    await refusedWithin(t, 'stopped');
    assert.deepEqual(await agent.list(), list);
    assert.equal((await agent.request(`/v1/commands/${list[0]?.id}/log`)).status, 503);
    process.kill(agent.pid('redis'), 'SIGCONT');
    await recovered();
  });

  it('what was refused is neither run nor listed afterwards', async () => {
    const before = await agent.list();
    process.kill(agent.pid('redis'), 'SIGSTOP');
    for (let round = 0; round < 3; round++) assert.equal((await agent.post(...sleepStep(0))).status, 503);
    process.kill(agent.pid('redis'), 'SIGCONT');
    await recovered();
    await agent.replaced('api', await agent.kill('api'));
    const after = await until(() => agent.list().catch(() => null), { withinMs: 5000, what: 'the new api' });
    assert.deepEqual(after.slice(0, before.length), before);
    assert.ok(after.slice(before.length).every(({ command_name: name }) => name === 'get_clean_steps'));
  });

  it('a command that runs goes on, and its end is told when redis is back', async () => {
    const { id } = await agent.accepted(...sleepStep(1));
    await until(async () => (await agent.command(id)).progress, { withinMs: 5000, what: 'progress' });
    process.kill(agent.pid('redis'), 'SIGSTOP');
    // That it is busy is known without redis.
    assert.equal((await agent.post(...sleepStep(0))).status, 409);
    assert.equal((await agent.command(id)).command_status, 'RUNNING');
    await sleep(1500);
    assert.equal((await agent.command(id)).command_status, 'RUNNING');
    process.kill(agent.pid('redis'), 'SIGCONT');
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
  });
});
