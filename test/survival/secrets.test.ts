import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { AgentQueue } from '../support/agent-queue.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';

const mark = 'hush-hush';
const secretArgs = {
  configdrive: `H4sI-${mark}-drive`,
  image_info: {
    id: 'disk.raw',
    configdrive: { meta_data: { uuid: `${mark}-meta` }, user_data: `#cloud-config ${mark}` },
    image_server_password: `${mark}-server`,
    image_request_authorization: `QmVhcmVyIA${mark}`,
    urls: [`https://user:${mark}-userinfo@images.example/disk.raw`, `https://images.example/x?sig=${mark}-sig&a=1`],
  },
  rescue_password: `${mark}-rescue`,
  pull_secret: `${mark}-pull`,
  agent_token: `${mark}-token`,
  files: [{ path: '/etc/secret', content: `${mark}-file` }],
};
const secretNode = {
  ...smallNode,
  properties: { inject_files: [{ path: '/etc/other', content: `${mark}-node-file` }] },
  instance_info: { configdrive: `${mark}-node-drive`, image_source: `http://u:${mark}-p@images.example/` },
  driver_info: { redfish_password: `${mark}-bmc`, ipmi_password: `${mark}-ipmi` },
  driver_internal_info: { agent_secret_token: `${mark}-agent` },
};

let agent: RunningAgent;
let queue: AgentQueue;
let record: string;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  queue = new AgentQueue(agent);
  record = path.join(agent.stateDir, '../record');
});

after(() => agent.stop());
after(() => queue[Symbol.asyncDispose]());

const sideStore = (): readonly string[] => readdirSync(path.join(agent.stateDir, 'secrets'));

/** Every file below a directory that holds the mark. */
function filesWithMark(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, 'latin1').includes(mark));
}

describe('the secrets of a command', () => {
  it('reach its step, and are nowhere in redis, its files, the log and the answers', async () => {
    const params = stepRequest('digest_arguments', { file: record, ...secretArgs }, secretNode);
    const ended = await agent.accepted('deploy.execute_deploy_step', params, { wait: true });
    assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
    const sent = JSON.stringify({ args: secretArgs, instance_info: secretNode.instance_info });
    assert.equal(readFileSync(record, 'utf8').trim(), createHash('sha256').update(sent).digest('hex'));

    const everything = await queue.everything();
    assert.ok(everything.includes(ended.id) && everything.includes('digest_arguments'), 'redis was read');
    assert.equal(everything.includes(mark), false, 'redis');
    assert.equal(agent.log.includes(mark), false, 'log');
    const told = await Promise.all(
      ['/v1/commands/', `/v1/commands/${ended.id}`, `/v1/commands/${ended.id}/log`].map((where) =>
        agent.request(where),
      ),
    );
    for (const { status, text } of told) assert.deepEqual([status, text.includes(mark)], [200, false], text);
    await until(() => sideStore().length === 0, { withinMs: 2000, what: 'an empty side store' });
    assert.deepEqual(filesWithMark(agent.stateDir), []);
  });

  it('are in the side store while the command runs, for root only, and gone when it has failed', async () => {
    const file = path.join(agent.stateDir, '../failing');
    const args = { file, seconds: 1, unknown_argument: true };
    const params = { ...stepRequest('sleep_repeatable', args), rescue_password: `${mark}-rescue` };
    const { id } = await agent.accepted('clean.execute_clean_step', params);
    const ended = await agent.ended(id);
    assert.equal(ended.command_status, 'FAILED');
    await until(() => sideStore().length === 0, { withinMs: 2000, what: 'an empty side store' });

    const fine = { ...stepRequest('sleep_repeatable', { file, seconds: 1 }), rescue_password: `${mark}-rescue` };
    const running = await agent.accepted('clean.execute_clean_step', fine);
    assert.deepEqual(sideStore(), [`${running.id}.json`]);
    assert.deepEqual(filesWithMark(agent.stateDir), [path.join(agent.stateDir, 'secrets', `${running.id}.json`)]);
    await agent.ended(running.id);
    await until(() => sideStore().length === 0, { withinMs: 2000, what: 'an empty side store' });
  });

  it('survive the worker, are gone when a job is given up, and also when the api was away at its end', async () => {
    const file = path.join(agent.stateDir, '../once');
    const secret = { rescue_password: `${mark}-rescue` };
    const params = { ...stepRequest('sleep_once', { file, seconds: 30 }), ...secret };
    const lost = await agent.accepted('clean.execute_clean_step', params);
    await until(() => readStepRuns(file).started.length > 0, { withinMs: 5000, what: 'begin of the step' });
    await agent.kill('worker-storage');
    assert.equal((await agent.ended(lost.id)).command_error?.type, 'InterruptedError');
    assert.deepEqual(sideStore(), []);

    const short = { ...stepRequest('sleep_repeatable', { file, seconds: 0.5 }), ...secret };
    const { id } = await agent.accepted('clean.execute_clean_step', short);
    await agent.kill('api');
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    assert.deepEqual(sideStore(), []);
    assert.ok(existsSync(file));
  });
});
