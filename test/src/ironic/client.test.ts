import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { createIronicClient } from '../../../src/ironic/client.ts';
import { type StandInIronicOptions, startStandInIronic } from '../../support/stand-in-ironic.ts';
import { ironicSettings } from './ironic-settings.ts';
import { silentLog } from './silent-log.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function standIn(options: StandInIronicOptions = {}) {
  const ironic = await startStandInIronic(options);
  cleanups.push(() => ironic.close());
  return ironic;
}

function clientFor(urls: readonly string[], more = {}) {
  const client = createIronicClient(ironicSettings(urls, more), silentLog);
  cleanups.push(() => client.close());
  return client;
}

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const content = {
  callbackUrl: 'http://127.0.0.1:9999',
  agentToken: 'x'.repeat(43),
  agentVersion: '12.0.0',
  agentVerifyCa: null,
  statusMessage: null,
};
const versionHeader = 'x-openstack-ironic-api-version';

describe('the client of Ironic', () => {
  it('asks for the version once and then speaks what both sides know', async () => {
    const ironic = await standIn({ token: content.agentToken });
    const client = clientFor([`${ironic.url}/`]);
    assert.equal((await client.lookup({ addresses: ['52:54:00:00:00:01', '52:54:00:00:00:02'] })).status, 200);
    assert.equal((await client.heartbeat(ironic.node.uuid, content)).status, 202);
    assert.deepEqual(
      ironic.requests.map(({ method, path, headers }) => [method, path, headers[versionHeader]]),
      [
        ['GET', '/', undefined],
        ['GET', '/v1/lookup', '1.62'],
        ['POST', `/v1/heartbeat/${ironic.node.uuid}`, '1.68'],
      ],
    );
    assert.equal(ironic.requests[1]?.query.addresses, '52:54:00:00:00:01,52:54:00:00:00:02');
  });

  it('does not ask for more than an old Ironic knows', async () => {
    const ironic = await standIn({ apiVersion: '1.40' });
    const client = clientFor([ironic.url]);
    const answer = await client.lookup({ addresses: ['52:54:00:00:00:01'] });
    await client.heartbeat(ironic.node.uuid, { ...content, agentVerifyCa: 'PEM' });
    assert.equal(answer.status, 200);
    assert.deepEqual(
      ironic.requests.map(({ headers }) => headers[versionHeader]),
      [undefined, '1.40', '1.40'],
    );
    assert.deepEqual(ironic.requests[2]?.body, { callback_url: content.callbackUrl, agent_version: '12.0.0' });
  });

  it('believes the configured version instead of asking', async () => {
    const ironic = await standIn();
    const client = clientFor([ironic.url], { ironicApiVersion: '1.50' });
    await client.lookup({ addresses: ['52:54:00:00:00:01'] });
    assert.deepEqual(
      ironic.requests.map(({ path, headers }) => [path, headers[versionHeader]]),
      [['/v1/lookup', '1.50']],
    );
  });

  it('assumes 1.31 while Ironic does not tell, and asks again later', async () => {
    const client = clientFor([await deadUrl()]);
    assert.deepEqual(await client.newestVersion(), { major: 1, minor: 31 });
    const ironic = await standIn();
    const other = clientFor([await deadUrl(), ironic.url]);
    assert.deepEqual(await other.newestVersion(), { major: 1, minor: 104 });
  });

  it('tries the URLs in order and prefers the one that answered', async () => {
    const [dead, ironic] = [await deadUrl(), await standIn()];
    const client = clientFor([dead, ironic.url]);
    assert.equal((await client.lookup({ addresses: ['52:54:00:00:00:01'] })).status, 200);
    assert.deepEqual(client.apiUrls, [ironic.url, dead]);
  });

  it('stays with a URL that answers, whatever the status', async () => {
    const [first, second] = [await standIn(), await standIn()];
    first.lookupFaults.push(500, 404);
    const client = clientFor([first.url, second.url]);
    assert.equal((await client.lookup({ addresses: ['52:54:00:00:00:01'] })).status, 500);
    assert.equal((await client.lookup({ addresses: ['52:54:00:00:00:01'] })).status, 404);
    assert.equal(second.requests.length, 0);
  });

  it('names every URL and reason when none answers', async () => {
    const [one, other] = [await deadUrl(), await deadUrl()];
    const client = clientFor([one, other], { ironicApiVersion: '1.68' });
    await assert.rejects(client.lookup({ addresses: ['52:54:00:00:00:01'] }), (error: Error) => {
      assert.equal(error.name, 'IronicAPIError');
      return error.message.includes(one) && error.message.includes(other) && /ECONNREFUSED/.test(error.message);
    });
  });

  it('gives up on a server that never answers', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    cleanups.push(
      () => silent.closeAllConnections(),
      () => silent.close(),
    );
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const client = clientFor([url], { ironicApiVersion: '1.68', httpRequestTimeoutSeconds: 0.1 });
    await assert.rejects(client.lookup({ addresses: ['52:54:00:00:00:01'] }), /no answer within 0\.1 s/);
  });

  it('sends the request id that it was given', async () => {
    const ironic = await standIn();
    const client = clientFor([ironic.url], { globalRequestId: 'req-1' });
    await client.lookup({ addresses: [], nodeUuid: ironic.node.uuid });
    assert.equal(ironic.requests.at(-1)?.headers['x-openstack-request-id'], 'req-1');
    assert.deepEqual(ironic.requests.at(-1)?.query, { node_uuid: ironic.node.uuid });
  });

  it('survives that the server closes an idle connection', async () => {
    const ironic = await standIn();
    const client = clientFor([ironic.url]);
    await client.newestVersion();
    for (let round = 0; round < 3; round++) {
      ironic.dropIdleConnections();
      assert.equal((await client.lookup({ addresses: ['52:54:00:00:00:01'] })).status, 200);
    }
  });

  it('names the option of a file that cannot be read', () => {
    assert.throws(() => clientFor([], { caFile: '/nonexistent/ca.pem' }), {
      name: 'ConfigurationError',
      message: /cafile: \/nonexistent\/ca\.pem cannot be read/,
    });
  });
});
