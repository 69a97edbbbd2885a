import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shortenLives } from '../../workers/clock-set-back.ts';
import { startPrivateRedis } from '../support/private-redis.ts';

const dayMilliseconds = 86_400_000;

describe('after the clock was set back', () => {
  it('no lock of an active job, and no note of a check, lives longer than it was given', async () => {
    await using server = await startPrivateRedis();
    const redis = server.client();
    const key = (name: string): string => `${server.keys.queues}:image:${name}`;
    await redis.rpush(key('active'), 'dead', 'alive');
    await redis.set(key('dead:lock'), 'token', 'PX', dayMilliseconds);
    await redis.set(key('alive:lock'), 'token', 'PX', 3000);
    await redis.set(key('stalled-check'), '1', 'PX', dayMilliseconds);
    await shortenLives(redis, { toKey: key });
    const left = async (name: string): Promise<number> => await redis.pttl(key(name));
    assert.ok((await left('dead:lock')) <= 4000);
    assert.ok((await left('dead:lock')) > 2000, 'a living process must have time to renew it');
    assert.ok((await left('alive:lock')) <= 3000, 'a life was made longer');
    assert.ok((await left('stalled-check')) <= 2000);
  });
});
