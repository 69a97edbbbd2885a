import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { postInspection } from '../../../src/ironic/inspection.ts';
import type { InspectionTarget } from '../../../src/ironic/inspection-targets.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type StandInIronic, startStandInIronic } from '../../support/stand-in-ironic.ts';
import { ironicSettings } from './ironic-settings.ts';
import { silentLog } from './silent-log.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const data = { inventory: { interfaces: [{ mac_address: '52:54:00:00:00:01' }] }, error: null };
const asLookup = { major: 1, minor: 84 };

async function world(faults: readonly number[] = []) {
  const ironic = await startStandInIronic({ apiVersion: '1.115' });
  cleanups.push(() => ironic.close());
  ironic.inspectionFaults.push(...faults);
  const clock = new FakeClock();
  const url = `${ironic.url}/v1/continue_inspection`;
  const post = (version: InspectionTarget['version'] = null, body: unknown = data, before: readonly string[] = []) =>
    postInspection(
      [...before.map((each) => ({ url: each, version: null })), { url, version }],
      body,
      ironicSettings([]),
      silentLog,
      clock,
    );
  return { ironic, clock, post };
}

const posts = (ironic: StandInIronic) => ironic.requests.filter(({ method }) => method === 'POST');

describe('postInspection', () => {
  it('the old way sends no version, and learns the node', async () => {
    const { ironic, post } = await world();
    assert.deepEqual(await post(), { kind: 'accepted', nodeUuid: ironic.node.uuid });
    const [request] = posts(ironic);
    assert.equal(request?.headers['x-openstack-ironic-api-version'], undefined);
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.deepEqual(request?.body, data);
  });

  it('the new way learns all that a lookup tells, the token included', async () => {
    const { ironic, post } = await world();
    const answer = await post(asLookup);
    assert.equal(answer.kind, 'looked-up');
    assert.deepEqual(answer.kind === 'looked-up' && answer.answer.token, { kind: 'given', token: ironic.token });
    assert.equal(posts(ironic)[0]?.headers['x-openstack-ironic-api-version'], '1.84');
  });

  it('tells the request that it belongs to, where one is given', async () => {
    const { ironic, clock } = await world();
    const target = { url: `${ironic.url}/v1/continue_inspection`, version: null };
    const globalRequestId = 'req-11111111-2222-3333-4444-555555555555';
    await postInspection([target], data, ironicSettings([], { globalRequestId }), silentLog, clock);
    await postInspection([target], data, ironicSettings([]), silentLog, clock);
    const sent = posts(ironic).map(({ headers }) => headers['x-openstack-request-id']);
    assert.deepEqual(sent, [globalRequestId, undefined]);
  });

  it('tries again after 5, 10, 20 and 30 s while the node is locked or the server in trouble', async () => {
    const { clock, post } = await world([409, 500, 503, 409]);
    assert.equal((await post()).kind, 'accepted');
    assert.deepEqual(clock.sleeps, [5, 10, 20, 30]);
  });

  it('gives up after five attempts, with the last answer', async () => {
    const { ironic, post } = await world([500, 500, 500, 500, 409, 500]);
    await assert.rejects(post(), { name: 'InspectionError', details: /continue_inspection answered 409 forced 409/ });
    assert.equal(posts(ironic).length, 5);
  });

  it('does not insist where the data is refused or the node unknown', async () => {
    const { ironic, clock, post } = await world([404]);
    await assert.rejects(post(), { name: 'InspectionError', details: /answered 404 forced 404/ });
    await assert.rejects(post(null, {}), { name: 'InspectionError', details: /400 Schema error/ });
    assert.deepEqual([posts(ironic).length, clock.sleeps], [2, []]);
  });

  it('posts to the next address where one gives no answer, and names all of them where none does', async () => {
    const gone = await startStandInIronic();
    const silent = `${gone.url}/v1/continue`;
    await gone.close();
    const { post, clock, ironic } = await world();
    assert.equal((await post(null, data, [silent])).kind, 'accepted');
    assert.deepEqual(clock.sleeps, []);
    await ironic.close();
    await assert.rejects(post(null, data, [silent]), {
      name: 'InspectionError',
      details: /ECONNREFUSED.*; .*ECONNREFUSED/,
    });
    assert.deepEqual(clock.sleeps, [5, 10, 20, 30]);
  });

  it('is content with an inspector that does not know the node', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end('{"uuid": null}'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/continue`;
    const answer = await postInspection([{ url, version: null }], data, ironicSettings([]), silentLog);
    assert.deepEqual(answer, { kind: 'accepted', nodeUuid: null });
  });
});
