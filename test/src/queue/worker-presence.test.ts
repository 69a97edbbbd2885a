import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { announcePresence, presentGroups } from '../../../src/queue/worker-presence.ts';
import { type PrivateRedis, startPrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/until.ts';

let redis: PrivateRedis;
beforeEach(async () => {
  redis = await startPrivateRedis();
});
afterEach(async () => await redis[Symbol.asyncDispose]());

/** The groups present, once there are so many. */
async function present(count: number) {
  const client = redis.client();
  const probe = async () => {
    const groups = await presentGroups(client, redis.keys);
    return groups.length === count && groups;
  };
  return await until(probe, { withinMs: 9000, what: `${count} groups` });
}

describe('the presence of workers', () => {
  it('is known group by group, and ends when they leave', async () => {
    assert.deepEqual(await present(0), []);
    const leave = announcePresence(redis.client(), redis.keys, 'storage');
    assert.deepEqual(await present(1), ['storage']);
    announcePresence(redis.client(), redis.keys, 'system');
    assert.deepEqual(await present(2), ['storage', 'system']);
    leave();
    assert.deepEqual(await present(1), ['system']);
  });

  it('is forgotten 15 s after the last word, and repeated long before', async () => {
    const client = redis.client();
    announcePresence(client, redis.keys, 'storage');
    await present(1);
    assert.ok((await client.pttl(redis.keys.workers.storage)) <= 15_000);
    await client.pexpire(redis.keys.workers.storage, 1);
    await present(0);
    assert.deepEqual(await present(1), ['storage']);
    assert.ok((await client.pttl(redis.keys.workers.storage)) > 10_000);
  });

  it('is forgotten as soon when the clock was set back a day after the last word', async () => {
    const client = redis.client();
    await client.set(redis.keys.workers.storage, 1, 'PX', 86_400_000);
    assert.deepEqual(await presentGroups(client, redis.keys), ['storage']);
    assert.ok((await client.pttl(redis.keys.workers.storage)) <= 15_000);
  });

  it('is told again to a Redis that was away and has forgotten it', async () => {
    announcePresence(redis.client(), redis.keys, 'storage');
    await present(1);
    await redis.kill();
    redis.forget();
    await redis.start();
    const started = performance.now();
    await present(1);
    assert.ok(performance.now() - started < 3000, 'not only when the next word is due');
  });

  it('can be taken back while Redis is away', async () => {
    const leave = announcePresence(redis.client(), redis.keys, 'storage');
    await present(1);
    await redis.kill();
    redis.forget();
    await sleep(50);
    leave();
    await redis.start();
    await sleep(500);
    assert.deepEqual(await present(0), []);
  });
});
