import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { PresentedPlan } from '../../src/storage/erase/plan/present-plan.ts';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { runCli } from '../support/cli.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import type { HttpReply } from '../support/http-request.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { until } from '../support/until.ts';

const steps = ['erase_devices', 'erase_devices_metadata', 'erase_devices_express'] as const;

let disk: LoopDevice;
let canaries: number;
let agent: RunningAgent;

before(async () => {
  disk = await createLoopDevice({ sizeBytes: 32 * 2 ** 20 });
  const sown = await sowCanaries(disk.path);
  execFileSync('sgdisk', ['--new=1:0:+8M', '--new=2:0:0', disk.path], { stdio: 'ignore' });
  await addPartitions(disk.path);
  canaries = (await findCanaries(disk.path)).length;
  assert.ok(canaries > sown.length - 5, 'the partition table lies on a few of them');
  agent = await startAgent({ devices: [disk.path], hardwareManagerDir: recordedSteps });
});

after(async () => {
  await agent.stop();
  await disk[Symbol.asyncDispose]();
});

afterEach(() => {
  for (const pid of Object.values(agent.pids)) process.kill(pid, 'SIGCONT');
});

function ask(params: object): Promise<HttpReply> {
  return agent.request('/v1/erase/plan', { method: 'POST', body: JSON.stringify(params) });
}

async function planOf(params: object): Promise<PresentedPlan> {
  const { status, text, json } = await ask(params);
  assert.equal(status, 200, text);
  return json as PresentedPlan;
}

/** All bytes of the disk, its partitions, and what the kernel has counted of sectors written and discarded on it. */
async function state(): Promise<unknown> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(disk.path), hash);
  const partitions = execFileSync('lsblk', ['--noheadings', '--list', '--output', 'NAME,SIZE', disk.path]).toString();
  const counters = readFileSync(`/sys/class/block/${path.basename(disk.path)}/stat`, 'utf8')
    .trim()
    .split(/\s+/);
  // Documentation/block/stat.rst
  return { bytes: hash.digest('hex'), partitions, written: counters[6], discarded: counters[13] };
}

describe('the plan of an erase', () => {
  for (const step of steps) {
    it(`shows the disk and changes nothing of it, by the API and on the command line (${step})`, async () => {
      const earlier = await state();
      const plan = await planOf({ node: smallNode, step });
      assert.deepEqual([plan.step, plan.refusals, plan.release], [step, [], []]);
      const [{ device, method, size_bytes: size, partitions } = assert.fail('no disk')] = plan.devices;
      assert.deepEqual([device, size], [disk.path, disk.sizeBytes]);
      assert.equal(method, step === 'erase_devices' ? 'overwrite' : 'metadata');
      assert.deepEqual(partitions, [`${disk.path}p1`, `${disk.path}p2`]);
      const { code, stdout } = await runCli(['erase', 'plan', '--json', '--devices', disk.path, '--step', step]);
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), plan, 'the command line shows the very same, with the same hash');
      assert.deepEqual(await state(), earlier);
      assert.equal((await findCanaries(disk.path)).length, canaries);
    });
  }

  it('is the one that a conductor would get for the node that the agent knows', async () => {
    assert.equal((await ask({})).status, 400, 'no node is known yet');
    const node = { ...smallNode, driver_internal_info: { agent_erase_devices_iterations: 3 } };
    await agent.accepted('clean.get_clean_steps', { node, ports: [] });
    assert.deepEqual((await planOf({})).options['passes'], ['random', 'random', 'random', 'zeros']);
    assert.deepEqual(await planOf({}), await planOf({ node }));
    assert.notEqual((await planOf({})).hash, (await planOf({ node: smallNode })).hash);
  });

  it('tells what is refused, on the command line by its exit code, too', async () => {
    const args = { method: 'nvme-sanitize-crypto' };
    const { devices, refusals } = await planOf({ node: smallNode, args });
    assert.deepEqual([devices, refusals.map(({ reason }) => reason)], [[], ['no-method']]);
    const command = ['erase', 'plan', '--devices', disk.path, '--method', args.method];
    const { code, stdout } = await runCli(command);
    assert.equal(code, 3);
    assert.match(
      stdout,
      /^REFUSED\. erase_devices would erase nothing, on no disk, until this is solved:\n {2}\* \/dev/,
    );
  });

  it('takes the node of a file on the command line, and says where there is none', async () => {
    const file = path.join(agent.stateDir, '../node.json');
    writeFileSync(file, JSON.stringify({ ...smallNode, driver_internal_info: { disk_erasure_concurrency: 7 } }));
    const command = ['erase', 'plan', '--json', '--devices', disk.path];
    const { stdout } = await runCli([...command, '--node', file]);
    assert.equal((JSON.parse(stdout) as PresentedPlan).options['concurrency'], 7);
    assert.match((await runCli(command)).stderr, /no node is known: its erase options, hints and skip list are not in/);
    const { code, stderr } = await runCli([...command, '--node', '/etc/hostname']);
    assert.equal(code, 1);
    assert.match(stderr, /--node: \/etc\/hostname: /);
  });

  it('is refused with a step or an argument that there is none of', async () => {
    for (const params of [
      { step: 'write_image' },
      { args: { passes: ['ones'] } },
      { args: { method: 'hammer' } },
      { step: 'erase_devices_metadata', args: { method: 'overwrite' } },
    ]) {
      const { status, json } = await ask({ node: smallNode, ...params });
      assert.equal(status, 400);
      assert.match((json as { faultstring: string }).faultstring, /^Invalid command parameters: /);
    }
  });

  it('is not for those without the token', async () => {
    const { status } = await agent.request('/v1/erase/plan', { method: 'POST', body: '{}', token: null });
    assert.equal(status, 401);
  });
});

describe('asking for the plan', () => {
  it('is no command, and leaves nothing in the queue', async () => {
    const list = await agent.list();
    await planOf({ node: smallNode });
    assert.deepEqual(await agent.list(), list);
    assert.equal((await agent.post('erase.plan', { node: smallNode })).status, 404);
  });

  it('is answered while a command runs', async () => {
    const file = path.join(agent.stateDir, '../record');
    const { id } = await agent.accepted(
      'clean.execute_clean_step',
      stepRequest('sleep_repeatable', { file, seconds: 60 }),
    );
    assert.equal((await planOf({ node: smallNode })).devices.length, 1);
    assert.deepEqual((await agent.list()).at(-1)?.id, id);
    await agent.request(`/v1/commands/${id}/cancel`, { method: 'POST' });
    await agent.ended(id);
  });

  it('is answered although its worker is killed meanwhile', async () => {
    const pid = agent.pid('worker-system');
    process.kill(pid, 'SIGSTOP');
    const plan = planOf({ node: smallNode });
    await agent.kill('worker-system');
    assert.equal((await plan).devices.length, 1);
  });

  it('is refused at once while redis is away, and answered again when it is back', async () => {
    process.kill(agent.pid('redis'), 'SIGSTOP');
    const started = performance.now();
    assert.equal((await ask({ node: smallNode })).status, 503);
    assert.ok(performance.now() - started < 2000);
    process.kill(agent.pid('redis'), 'SIGCONT');
    const isAnswered = async (): Promise<boolean> => (await ask({ node: smallNode })).status === 200;
    await until(isAnswered, { withinMs: 10_000, what: 'an answer' });
  });
});
