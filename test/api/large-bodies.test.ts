import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { until } from '../support/until.ts';

const mebibyte = 1 << 20;

let agent: RunningAgent;
let record: string;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  record = path.join(agent.stateDir, '../record');
});

after(() => agent.stop());

/** Runs the step that records the digest of what it got: in the arguments and, as a conductor does, twice more. */
async function sendConfigDrive(bytes: number, places: 1 | 3): Promise<{ sent: string; got: string }> {
  const configdrive = randomBytes(bytes).toString('base64');
  const args = { configdrive, image_info: places === 3 ? { configdrive } : {} };
  const instanceInfo = places === 3 ? { configdrive } : {};
  const node = { ...smallNode, instance_info: instanceInfo };
  const params = stepRequest('digest_arguments', { file: record, ...args }, node);
  const { id } = await agent.accepted('deploy.execute_deploy_step', params);
  const ended = await agent.ended(id);
  assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
  assert.doesNotMatch(JSON.stringify(ended), /[A-Za-z0-9+/]{1000}/, 'the config drive is not told');
  const sent = createHash('sha256')
    .update(JSON.stringify({ args, instance_info: instanceInfo }))
    .digest('hex');
  return { sent, got: readFileSync(record, 'utf8').trim().split('\n').at(-1) ?? '' };
}

describe('a large body', () => {
  it('with a config drive of 10 MiB in three places reaches the step byte for byte', async () => {
    const { sent, got } = await sendConfigDrive(10 * mebibyte, 3);
    assert.equal(got, sent);
  });

  it('with a config drive of 64 MiB, the largest that Ironic permits, reaches the step byte for byte', async () => {
    const { sent, got } = await sendConfigDrive(64 * mebibyte, 1);
    assert.equal(got, sent);
    const secrets = path.join(agent.stateDir, 'secrets');
    await until(() => readdirSync(secrets).length === 0, { withinMs: 2000, what: 'an empty side store' });
  });

  it('above the limit is answered with 413, and the api goes on', async () => {
    const { api } = agent.pids;
    const { status, json } = await agent.request('/v1/commands/', {
      method: 'POST',
      body: Buffer.alloc(258 * mebibyte, ' '),
    });
    assert.equal(status, 413);
    assert.match((json as { faultstring: string }).faultstring, /^413 Payload Too Large: ./);
    assert.equal(agent.pid('api'), api);
  });
});
