import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { LookupNodeError } from '../../../src/errors/catalogue.ts';
import { createIronicClient } from '../../../src/ironic/client.ts';
import { lookUpNode } from '../../../src/ironic/lookup.ts';
import { LookupPace } from '../../../src/ironic/lookup-delay.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type StandInIronic, startStandInIronic } from '../../support/stand-in-ironic.ts';
import { until } from '../../support/until.ts';
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

describe('LookupPace', () => {
  const usual = { answerSeconds: 0.02, elapsedSeconds: 10, random: 0.999 };
  const delays = (count: number, ...[miss, at]: Partial<Parameters<LookupPace['delayAfter']>>) => {
    const pace = new LookupPace(1);
    return Array.from({ length: count }, () => pace.delayAfter(miss ?? 'not-yet', { ...usual, ...at }));
  };

  it('asks again after the interval, and up to a quarter more, while the node is not there yet', () => {
    assert.ok(delays(100).every((delay) => delay >= 1 && delay <= 1.25));
    assert.equal(new LookupPace(3).delayAfter('not-yet', { ...usual, random: 0 }), 3);
  });

  it('waits by chance up to 20 times as long as the answer took, and never above a minute', () => {
    assert.deepEqual(
      [0.2, 2, 30].map((answerSeconds) => Math.ceil(delays(1, 'not-yet', { ...usual, answerSeconds })[0] ?? 0)),
      [4, 40, 60],
    );
  });

  it('doubles the longest wait up to a minute after failures, and after the first two minutes', () => {
    const doubled = [2, 2, 4, 8, 16, 32, 60, 60];
    assert.deepEqual(delays(8, 'failed').map(Math.ceil), doubled);
    assert.deepEqual(delays(8, 'not-yet', { ...usual, elapsedSeconds: 120 }).map(Math.ceil), doubled);
  });

  it('asks ten times soon while the node is locked, then every 30 seconds', () => {
    assert.deepEqual(delays(12, 'locked').map(Math.floor), [...Array.from({ length: 10 }, () => 1), 30, 30]);
  });

  it('is slow from the moment on that the token was elsewhere', () => {
    const pace = new LookupPace(1);
    assert.deepEqual(
      (['not-yet', 'token-elsewhere', 'not-yet', 'failed'] as const).map((miss) =>
        Math.floor(pace.delayAfter(miss, usual)),
      ),
      [1, 30, 30, 30],
    );
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
    const { client, clock } = await world([404, 404, 409, 500, 500, 500, 500, 409]);
    await lookUpNode(client, request, silentLog, clock);
    assert.deepEqual(clock.sleeps, [1.125, 1.125, 1.125, 1.125, 1.125, 2, 4, 1.125]);
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

  it('asks slowly and for ever for a token that was given to somebody before, and says so once', async () => {
    const { ironic, client, clock } = await world();
    await client.lookup({ addresses: ['52:54:00:00:00:01'] });
    const told: string[] = [];
    const stop = new AbortController();
    const found = lookUpNode(
      client,
      { ...request, timeoutSeconds: 50, signal: stop.signal, onTokenElsewhere: (uuid) => told.push(uuid) },
      silentLog,
      clock,
    );
    await until(() => clock.sleeps.length >= 4, { withinMs: 5000, what: 'four lookups' });
    ironic.reset();
    assert.deepEqual((await found).token, { kind: 'given', token: ironic.token });
    assert.ok(clock.sleeps.every((seconds) => seconds === 30));
    assert.deepEqual(told, [ironic.node.uuid]);
  });

  it('takes a node whose token was given before when the token is known here', async () => {
    const { client, clock } = await world();
    await client.lookup({ addresses: ['52:54:00:00:00:01'] });
    const { token } = await lookUpNode(client, { ...request, knownToken: 'known' }, silentLog, clock);
    assert.deepEqual([token, clock.sleeps], [{ kind: 'given-before' }, []]);
  });
});
