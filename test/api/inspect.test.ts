import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { pino } from 'pino';
import { IdentityStore } from '../../api/identity.ts';
import { inspectOnce } from '../../api/inspect.ts';
import type { Config } from '../../src/core/config.ts';
import { QueueUnavailableError } from '../../src/errors/catalogue.ts';
import { prepareStateDir } from '../../src/queue/state-dir.ts';
import { ironicSettings } from '../src/ironic/ironic-settings.ts';
import { startStandInIronic } from '../support/stand-in-ironic.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const data = { inventory: { interfaces: [{ mac_address: '52:54:00:00:00:01' }] }, error: null };
const newest = { major: 1, minor: 115 };

/** An Ironic, and an agent that has just started; `again` is the same agent after its api was started again. */
async function world(more: Partial<Config> = {}, ask: () => Promise<unknown> = async () => data) {
  const ironic = await startStandInIronic({ apiVersion: '1.115' });
  const directory = temporaryDirectory();
  cleanups.push(
    () => ironic.close(),
    () => directory[Symbol.dispose](),
  );
  const state = prepareStateDir(directory.path, '11111111');
  const config = {
    ...ironicSettings([ironic.url]),
    agentToken: null,
    inspectionCallbackUrls: [],
    inspectionCollectors: ['default'],
    inspectionDhcpWaitTimeoutSeconds: 60,
    hardwareInitializationDelaySeconds: 7,
    ...more,
  } as unknown as Config;
  const patience: (number | undefined)[] = [];
  const start = (version: typeof newest | null) => {
    const queries = {
      ask: (_name: string, _params: unknown, milliseconds?: number) => {
        patience.push(milliseconds);
        return ask();
      },
    };
    const logger = pino({ level: 'silent' });
    return inspectOnce(config, new IdentityStore(state), queries, () => Promise.resolve(version), logger);
  };
  const posts = (): number => ironic.requests.length;
  return { ironic, start, posts, patience, identity: () => new IdentityStore(state).current };
}

describe('inspectOnce', () => {
  it('posts once in a boot, and an api that starts again before its lookup still knows the node', async () => {
    const { ironic, start, posts } = await world();
    const first = await start(null);
    assert.deepEqual(first, { kind: 'accepted', nodeUuid: ironic.node.uuid });
    assert.deepEqual(await start(null), first);
    assert.equal(posts(), 1);
  });

  it('gives what a new Ironic answers for the lookup', async () => {
    const { ironic, start, posts } = await world();
    const answer = await start(newest);
    assert.deepEqual(answer?.kind === 'looked-up' && answer.answer.token, { kind: 'given', token: ironic.token });
    assert.deepEqual(await start(newest), { kind: 'accepted', nodeUuid: ironic.node.uuid });
    assert.equal(posts(), 1);
  });

  it('has the token on record with the inspection, and nothing of an answer whose token somebody else has', async () => {
    const { ironic, start, identity } = await world();
    await start(newest);
    const { token, nodeUuid, inspection } = identity();
    assert.deepEqual({ token, nodeUuid }, { token: ironic.token, nodeUuid: ironic.node.uuid });
    assert.deepEqual(inspection, { nodeUuid });
    const other = await world({ apiUrls: [ironic.url] });
    assert.equal((await other.start(newest))?.kind, 'looked-up');
    assert.deepEqual(Object.keys(other.identity()), ['inspection']);
  });

  it('may be posted again by the next process where it was refused', async () => {
    const { ironic, start, posts } = await world();
    ironic.inspectionFaults.push(404);
    assert.equal(await start(null), null);
    assert.equal((await start(null))?.kind, 'accepted');
    assert.equal(posts(), 2);
  });

  it('is none where the workers cannot be asked; what is no trouble of theirs is not hidden', async () => {
    const away = await world({}, () => Promise.reject(new QueueUnavailableError('redis is away')));
    assert.equal(await away.start(null), null);
    const broken = await world({}, () => Promise.reject(new TypeError('a bug')));
    await assert.rejects(broken.start(null), TypeError);
  });

  it('is none where nobody wants one', async () => {
    const unasked = await world({ inspectionCollectors: [] });
    assert.equal(await unasked.start(newest), null);
    const nowhere = await world({ apiUrls: [] });
    assert.equal(await nowhere.start(null), null);
    assert.deepEqual([unasked.posts(), nowhere.posts(), unasked.patience], [0, 0, []]);
  });

  it('waits for a worker that starts, for the drivers and for the slowest collector', async () => {
    const { start, patience } = await world();
    await start(null);
    assert.deepEqual(patience, [(60 + 120 + 7 + 60) * 1000]);
  });
});
