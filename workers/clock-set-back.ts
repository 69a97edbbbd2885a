import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { isRedisAway } from '../src/queue/connection.ts';
import { queueLives } from './queue-worker.ts';

/**
 * Redis keeps the end of a life as a time of day. When the clock is set back (by an operator, by NTP), the lock of a process that died
 * would hold for as long as the jump was, and nobody would look for such jobs either. So no life may be longer than it was given
 * at first: a living process gives its lock a new one each second, a dead one's ends.
 */
export async function shortenLives(redis: Redis, queue: Pick<Worker, 'toKey'>): Promise<void> {
  const active = await redis.lrange(queue.toKey('active'), 0, -1);
  // LT (Redis 7.0): only where that is sooner.
  await Promise.all([
    redis.pexpire(queue.toKey('stalled-check'), queueLives.stalledCheckMilliseconds, 'LT'),
    ...active.map((id) => redis.pexpire(queue.toKey(`${id}:lock`), queueLives.lockMilliseconds, 'LT')),
  ]);
}

/** Does so for all of these queues, again and again; returns what ends it. */
export function keepLivesShort(redis: Redis, queues: readonly Worker[], onError: (error: unknown) => void): () => void {
  const look = (): void => {
    if (redis.status !== 'ready') return; // else the looks would pile up in the client
    for (const queue of queues) {
      shortenLives(redis, queue).catch((error: unknown) => {
        if (!isRedisAway(error)) onError(error);
      });
    }
  };
  const timer = setInterval(look, queueLives.stalledCheckMilliseconds).unref();
  return () => clearInterval(timer);
}
