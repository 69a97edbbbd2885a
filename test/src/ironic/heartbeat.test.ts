import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { createIronicClient } from '../../../src/ironic/client.ts';
import { systemClock } from '../../../src/ironic/clock.ts';
import { type Heartbeat, startHeartbeat } from '../../../src/ironic/heartbeat.ts';
import { heartbeatDelay } from '../../../src/ironic/heartbeat-delay.ts';
import type { HeartbeatContent } from '../../../src/ironic/heartbeat-request.ts';
import { startStandInIronic } from '../../support/stand-in-ironic.ts';
import { ironicSettings } from './ironic-settings.ts';
import { silentLog } from './silent-log.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Time runs a hundred times as fast, so that five seconds are over soon. */
const speed = 100;
const fastClock = {
  now: () => systemClock.now() * speed,
  sleep: (seconds: number, signal?: AbortSignal) => systemClock.sleep(seconds / speed, signal),
  random: () => 0.5,
};

async function world({ apiVersion = '1.104', timeoutSeconds = 300, faults = [] as number[] } = {}) {
  const ironic = await startStandInIronic({ apiVersion });
  ironic.heartbeatFaults.push(...faults);
  const client = createIronicClient(ironicSettings([ironic.url], { ironicApiVersion: apiVersion }), silentLog);
  const content: { -readonly [K in keyof HeartbeatContent]: HeartbeatContent[K] } = {
    callbackUrl: 'http://127.0.0.1:9999',
    agentToken: ironic.token,
    agentVersion: '12.0.0',
    agentVerifyCa: null,
    statusMessage: null,
  };
  const settings = { nodeUuid: ironic.node.uuid, timeoutSeconds, content: () => ({ ...content }) };
  const start = (): Heartbeat => {
    const heartbeat = startHeartbeat(client, settings, silentLog, fastClock);
    cleanups.unshift(() => heartbeat.stop());
    return heartbeat;
  };
  cleanups.push(
    () => client.close(),
    () => ironic.close(),
  );
  /** Fast seconds from one request to the next. */
  const gaps = () =>
    ironic.requests.slice(1).map(({ at }, index) => ((at - (ironic.requests[index]?.at ?? 0)) / 1000) * speed);
  return { ironic, content, start, gaps };
}

describe('heartbeatDelay', () => {
  it('is 0.3 to 0.6 of what Ironic allows after an accepted one', () => {
    assert.equal(heartbeatDelay({ accepted: true, timeoutSeconds: 300, random: 0 }), 90);
    assert.ok(heartbeatDelay({ accepted: true, timeoutSeconds: 300, random: 0.999 }) < 180);
  });

  it('is 5 to 10 seconds after a failure', () => {
    assert.equal(heartbeatDelay({ accepted: false, timeoutSeconds: 300, random: 0 }), 5);
    assert.ok(heartbeatDelay({ accepted: false, timeoutSeconds: 300, random: 0.999 }) < 10);
  });
});

describe('startHeartbeat', () => {
  it('beats at once, and then in the rhythm that Ironic allows', async () => {
    const { ironic, start, gaps } = await world({ timeoutSeconds: 40 });
    const heartbeat = start();
    for (let beat = 0; beat < 4; beat++) {
      await ironic.nextHeartbeat();
      heartbeat.heard();
    }
    for (const gap of gaps()) assert.ok(gap >= 17 && gap < 40, `18 fast seconds expected, ${gap} found`);
  });

  it('does not beat again soon unless it is forced, once the conductor has sent a request', async () => {
    const { ironic, start } = await world();
    const heartbeat = start();
    await ironic.nextHeartbeat();
    heartbeat.heard();
    await systemClock.sleep(0.3);
    assert.equal(ironic.requests.length, 1);
  });

  it('beats at once when it is forced after a while', async () => {
    const { ironic, start } = await world();
    const heartbeat = start();
    await ironic.nextHeartbeat();
    heartbeat.heard();
    await systemClock.sleep(0.1);
    const next = ironic.nextHeartbeat();
    const forcedAt = performance.now();
    heartbeat.force();
    await next;
    assert.ok(((performance.now() - forcedAt) / 1000) * speed < 5);
  });

  it('keeps 5 seconds between two, however often it is forced', async () => {
    const { ironic, start, gaps } = await world();
    const heartbeat = start();
    const forcing = setInterval(() => heartbeat.force(), 1);
    for (let beat = 0; beat < 6; beat++) await ironic.nextHeartbeat();
    clearInterval(forcing);
    for (const gap of gaps()) assert.ok(gap >= 4.9 && gap < 20, `5 fast seconds expected, ${gap} found`);
  });

  it('does not wait for 5 seconds when the conductor sends a request', async () => {
    const { ironic, start, gaps } = await world();
    const heartbeat = start();
    await ironic.nextHeartbeat();
    heartbeat.force();
    heartbeat.heard();
    await ironic.nextHeartbeat();
    assert.ok((gaps()[0] ?? 0) < 4.9);
  });

  it('repeats the first one and forced ones that no request follows', async () => {
    const { ironic, start, gaps } = await world();
    start();
    for (let beat = 0; beat < 4; beat++) await ironic.nextHeartbeat();
    for (const [index, least] of [5, 10, 20].entries()) {
      const gap = gaps()[index] ?? 0;
      assert.ok(gap >= least && gap < 2 * least + 10, `${1.5 * least} fast seconds expected, ${gap} found`);
    }
  });

  it('remembers a force that comes while a heartbeat is under way', async () => {
    const { ironic, start, gaps } = await world();
    const heartbeat = start();
    heartbeat.force();
    await once(ironic, 'heartbeat');
    await once(ironic, 'heartbeat');
    assert.ok((gaps()[0] ?? 0) < 20);
  });

  it('goes on after any failure, 5 to 10 seconds later', async () => {
    const { ironic, start, gaps } = await world({ faults: [409, 500, 401, 404, 503] });
    start();
    await ironic.nextHeartbeat();
    assert.deepEqual(
      ironic.requests.map(({ status }) => status),
      [409, 500, 401, 404, 503, 202],
    );
    for (const gap of gaps()) assert.ok(gap >= 5 && gap < 20, `7.5 fast seconds expected, ${gap} found`);
  });

  it('goes on when Ironic comes back', async () => {
    const { ironic, start } = await world({ timeoutSeconds: 20 });
    const port = Number(new URL(ironic.url).port);
    start();
    await ironic.nextHeartbeat();
    await ironic.close();
    await systemClock.sleep(0.3);
    await ironic.listen(port);
    await ironic.nextHeartbeat();
  });

  it('tells what is true at the time of each heartbeat', async () => {
    const { ironic, start, content } = await world({ timeoutSeconds: 20 });
    start();
    await ironic.nextHeartbeat();
    content.statusMessage = 'write_image: 42 %';
    content.agentVerifyCa = 'PEM';
    const { agent_status_message, agent_verify_ca } = await ironic.nextHeartbeat();
    assert.deepEqual([agent_status_message, agent_verify_ca], ['write_image: 42 %', 'PEM']);
  });

  it('tells no status to an Ironic that does not know it', async () => {
    const { ironic, start, content } = await world({ apiVersion: '1.71' });
    content.statusMessage = 'write_image: 42 %';
    start();
    assert.equal('agent_status_message' in (await ironic.nextHeartbeat()), false);
  });

  it('gives up the status message rather than the heartbeat', async () => {
    const { ironic, start, content } = await world({ faults: [400] });
    content.statusMessage = 'write_image: 42 %';
    start();
    assert.equal('agent_status_message' in (await ironic.nextHeartbeat()), false);
  });

  it('stops at once', async () => {
    const { ironic, start } = await world();
    const heartbeat = start();
    await ironic.nextHeartbeat();
    await heartbeat.stop();
    heartbeat.force();
    await systemClock.sleep(0.1);
    assert.equal(ironic.requests.length, 1);
  });
});
