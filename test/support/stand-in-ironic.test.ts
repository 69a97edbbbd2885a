import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { describeAnswer } from '../../src/ironic/fault.ts';
import { HttpClient } from '../../src/ironic/http-client.ts';
import { breakOffRequest } from './broken-off-request.ts';
import { startStandInIronic } from './stand-in-ironic.ts';

const ironic = await startStandInIronic({ requireTls: true, heartbeatTimeout: 30 });
const http = new HttpClient({ timeoutSeconds: 5 });
after(async () => {
  http.close();
  await ironic.close();
});

const versioned = (version: string) => ({ 'X-OpenStack-Ironic-API-Version': version });
const lookup = (query: string, version = '1.62') =>
  http.request({ method: 'GET', url: `${ironic.url}/v1/lookup${query}`, headers: versioned(version) });
const heartbeat = (body: object, version = '1.68', node = ironic.node.uuid) =>
  http.request({ method: 'POST', url: `${ironic.url}/v1/heartbeat/${node}`, headers: versioned(version), body });

const good = { callback_url: 'https://192.0.2.1:9999', agent_token: ironic.token, agent_version: '12.0.0' };

describe('the stand-in for Ironic, as the real one', () => {
  for (const [query, version, expected] of [
    ['', '1.62', /^400 At least one of 'addresses' and 'node_uuid'/],
    ['?addresses=52-54-00-00-00-01', '1.62', /^400 At least one/],
    ['?foo=1', '1.62', /^400 Unexpected arguments: foo/],
    ['?node_uuid=other', '1.62', /^404 Resource could not be found/],
    ['?addresses=52:54:00:00:00:01', '1.21', /^404/],
    ['?addresses=52:54:00:00:00:01', '1.999', /^406/],
  ] as const) {
    it(`refuses the lookup ${query || '(nothing)'} at ${version}`, async () => {
      assert.match(describeAnswer(await lookup(query, version)), expected);
    });
  }

  it('serves on when somebody goes away in the middle of a request', async () => {
    await breakOffRequest(`${ironic.url}/v1/heartbeat/${ironic.node.uuid}`);
    assert.equal((await http.request({ method: 'GET', url: ironic.url })).status, 200);
    assert.deepEqual(
      ironic.requests.filter(({ method }) => method === 'POST'),
      [],
    );
  });

  it('gives the token once, and not to an agent that cannot know of it', async () => {
    const tokens: (string | null)[] = [];
    for (const version of ['1.61', '1.62', '1.62']) {
      const { json } = await lookup('?addresses=52:54:00:00:00:01', version);
      tokens.push((json as { config: { agent_token: string | null } }).config.agent_token);
    }
    assert.deepEqual(tokens, [null, ironic.token, '******']);
  });

  for (const [what, change, expected] of [
    ['without a token', { agent_token: undefined }, /^400 Agent token is required/],
    ['with a wrong token', { agent_token: 'x' }, /^400 Invalid or missing agent token/],
    ['without a version', { agent_version: undefined }, /^400 Agent did not transmit a version/],
    ['with a version that is a number', { agent_version: 9 }, /^400 Expected string for agent_version: 9/],
    ['without a callback URL', { callback_url: undefined }, /^400 Missing mandatory parameter: callback_url/],
    ['with a callback URL that is none', { callback_url: 'ftp://x' }, /^400 An issue with the supplied/],
    ['with a plain callback URL', { callback_url: 'http://192.0.2.1:9999' }, /^400 TLS is required/],
    ['with a status message before 1.72', { agent_status_message: 'x' }, /^400 agent_status_message/],
    ['with a field that nobody knows', { foo: 1 }, /^400 Unexpected arguments: foo/],
  ] as const) {
    it(`refuses a heartbeat ${what}`, async () => {
      assert.match(describeAnswer(await heartbeat({ ...good, ...change })), expected);
    });
  }

  it('accepts a good heartbeat, and then no other callback URL until a reset', async () => {
    const other = { ...good, callback_url: 'https://192.0.2.2:9999' };
    const statuses = [(await heartbeat(good)).status, (await heartbeat(good)).status, (await heartbeat(other)).status];
    ironic.reset();
    statuses.push((await heartbeat(other)).status);
    assert.deepEqual(statuses, [202, 202, 400, 202]);
    assert.equal(ironic.lastHeartbeat?.callback_url, other.callback_url);
  });

  it('accepts a status message from 1.72 on, and a certificate that is null', async () => {
    ironic.reset();
    assert.equal((await heartbeat({ ...good, agent_status_message: 'x', agent_verify_ca: null }, '1.72')).status, 202);
  });

  it('knows no other node', async () => {
    assert.match(describeAnswer(await heartbeat(good, '1.68', 'other')), /^404 Node other could not be found/);
  });
});
