import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { createIronicClient } from '../../../src/ironic/client.ts';
import { startHeartbeat } from '../../../src/ironic/heartbeat.ts';
import { reachableUrls } from '../../../src/ironic/reachable-urls.ts';
import { startStandInIronic } from '../../support/stand-in-ironic.ts';
import { until } from '../../support/until.ts';
import { ironicSettings } from './ironic-settings.ts';
import { silentLog } from './silent-log.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const token = 'x'.repeat(43);

async function standIn() {
  const ironic = await startStandInIronic({ token });
  cleanups.push(() => ironic.close());
  return ironic;
}

describe('several api_urls', () => {
  it('lead to the next Ironic at the heartbeat after the first one has gone', async () => {
    const [first, second] = [await standIn(), await standIn()];
    const client = createIronicClient(ironicSettings([first.url, second.url]), silentLog);
    cleanups.push(() => client.close());
    await client.lookup({ addresses: ['52:54:00:00:00:01'] });
    const beats = (of: typeof first) => of.requests.filter(({ path }) => path.startsWith('/v1/heartbeat/')).length;
    // Time stands still between heartbeats until the test lets it go on.
    let goOn: () => void = () => undefined;
    const clock = {
      now: () => performance.now(),
      random: () => 0,
      sleep: (_seconds: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          goOn = resolve;
          signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    };
    const content = {
      callbackUrl: 'http://127.0.0.1:9999',
      agentToken: token,
      agentVersion: '12.0.0',
      agentVerifyCa: null,
      statusMessage: null,
    };
    const settings = { nodeUuid: first.node.uuid, timeoutSeconds: 300, content: () => content };
    const heartbeat = startHeartbeat(client, settings, silentLog, clock);
    cleanups.push(() => heartbeat.stop());
    await until(() => beats(first) === 1, { withinMs: 5000, what: 'the first heartbeat' });
    await first.close();
    const goneOver = () => {
      goOn();
      return beats(second) > 0;
    };
    await until(goneOver, { withinMs: 5000, what: 'a heartbeat to the other Ironic' });
    await until(() => client.apiUrls[0] === second.url, { withinMs: 5000, what: 'the other Ironic to come first' });
    assert.equal(beats(first), 1);
  });

  it('that do not answer are left out when the own address is looked for', async () => {
    const [gone, there] = [await standIn(), await standIn()];
    const urls = [gone.url, there.url];
    await gone.close();
    assert.deepEqual(await reachableUrls({ apiUrls: urls, httpRequestTimeoutSeconds: 5 }, silentLog), urls.slice(1));
    await there.close();
    assert.deepEqual(await reachableUrls({ apiUrls: urls, httpRequestTimeoutSeconds: 5 }, silentLog), urls);
  });

  it('are not asked where there is only one', async () => {
    const ironic = await standIn();
    await reachableUrls({ apiUrls: [ironic.url], httpRequestTimeoutSeconds: 5 }, silentLog);
    assert.equal(ironic.requests.length, 0);
  });
});
