import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { LookupNodeError } from '../../../src/errors/catalogue.ts';
import { createIronicClient } from '../../../src/ironic/client.ts';
import { lookUpNode } from '../../../src/ironic/lookup.ts';
import { lookupDelay } from '../../../src/ironic/lookup-delay.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type StandInIronic, startStandInIronic } from '../../support/stand-in-ironic.ts';
import { ironicSettings } from './ironic-settings.ts';
import { silentLog } from './silent-log.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function world(faults: readonly number[] = [], macAddresses?: readonly string[]) {
  const ironic = await startStandInIronic(macAddresses ? { macAddresses } : {});
  ironic.lookupFaults.push(...faults);
  const client = createIronicClient(ironicSettings([ironic.url], { ironicApiVersion: '1.68' }), silentLog);
  cleanups.push(
    () => client.close(),
    () => ironic.close(),
  );
  return { ironic, client, clock: new FakeClock() };
}

const request = { addresses: () => ['52:54:00:00:00:01'], timeoutSeconds: 600, intervalSeconds: 1 };
const lookups = (ironic: StandInIronic) => ironic.requests.filter(({ path }) => path === '/v1/lookup').length;

describe('lookupDelay', () => {
  const usual = { intervalSeconds: 1, conflicts: 0, random: 0.999 };

  it('waits 5, 10, then always 30 seconds while the node is locked', () => {
    const delays = [1, 2, 3, 4, 50].map((conflicts) => lookupDelay({ ...usual, failures: 7, conflicts }));
    assert.deepEqual(delays, [5, 10, 30, 30, 30]);
  });

  it('doubles the longest wait up to a minute', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => Math.ceil(lookupDelay({ ...usual, failures })));
    assert.deepEqual(longest, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('never waits less than the interval', () => {
    assert.equal(lookupDelay({ ...usual, failures: 9, random: 0, intervalSeconds: 3 }), 3);
  });
});

describe('lookUpNode', () => {
  it('finds the node', async () => {
    const { ironic, client, clock } = await world();
    const { node, token } = await lookUpNode(client, request, silentLog, clock);
    assert.equal(node.uuid, ironic.node.uuid);
    assert.deepEqual(token, { kind: 'given', token: ironic.token });
    assert.deepEqual(clock.sleeps, []);
  });

  it('tries again after 404, 409 and 500, each with its own wait', async () => {
    const { client, clock } = await world([404, 404, 409, 409, 500, 409]);
    await lookUpNode(client, request, silentLog, clock);
    assert.deepEqual(clock.sleeps, [1, 1, 5, 10, 2, 5]);
  });

  it('gives up when the time is over and tells the last answer', async () => {
    const { ironic, client, clock } = await world([], ['52:54:00:ff:ff:ff']);
    await assert.rejects(lookUpNode(client, { ...request, timeoutSeconds: 20 }, silentLog, clock), {
      name: 'LookupNodeError',
      message: /no node found at http:\/\/127.*within 20 s: 404 Resource could not be found\. \(52:54:00:00:00:01\)/,
    });
    const slept = clock.sleeps.reduce((sum, each) => sum + each, 0);
    assert.equal(slept, 20);
    assert.equal(lookups(ironic), clock.sleeps.length + 1);
  });

  it('waits for an interface that comes late', async () => {
    const { ironic, client, clock } = await world();
    const late = () => {
      if (clock.sleeps.length < 3) throw new LookupNodeError('no interface yet');
      return ['52:54:00:00:00:01'];
    };
    await lookUpNode(client, { ...request, addresses: late }, silentLog, clock);
    assert.equal(lookups(ironic), 1);
  });

  it('goes on while Ironic cannot be reached', async () => {
    const { ironic, client, clock } = await world();
    await ironic.close();
    await assert.rejects(lookUpNode(client, { ...request, timeoutSeconds: 5 }, silentLog, clock), /ECONNREFUSED/);
    assert.ok(clock.sleeps.length > 1);
  });

  it('ends at once when it is told to stop', async () => {
    const { client, clock } = await world([404, 404]);
    const stop = new AbortController();
    const found = lookUpNode(client, { ...request, signal: stop.signal }, silentLog, clock);
    stop.abort();
    await assert.rejects(found, { name: 'AbortError' });
  });
});
