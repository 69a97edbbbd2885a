import type { Redis } from 'ioredis';
import { isWorkerGroup, type WorkerGroup, workerGroups } from '../core/queue-name.ts';
import type { Keys } from './keys.ts';

/** How long a worker counts as present after its last word. */
const lifeMilliseconds = 15_000;
const repeatMilliseconds = 5000;

/**
 * Says in Redis that the workers of a group serve their queues: at once, every 5 s, and whenever Redis is there again.
 * A worker that dies is taken for absent within 15 s. Returns what takes the word back, as far as Redis is there to hear it.
 */
export function announcePresence(redis: Redis, keys: Keys, group: WorkerGroup): () => void {
  const key = keys.workers[group];
  const announce = (): void => {
    // While Redis is away, words would pile up in the client; `ready` comes when it is back.
    if (redis.status !== 'ready') return;
    redis.set(key, process.pid, 'PX', lifeMilliseconds).catch(() => undefined); // the next one is due soon
  };
  announce();
  const timer = setInterval(announce, repeatMilliseconds).unref();
  redis.on('ready', announce);
  return () => {
    clearInterval(timer);
    redis.off('ready', announce);
    if (redis.status === 'ready') redis.del(key).catch(() => undefined); // it expires by itself
  };
}

/**
 * The groups whose workers serve their queues now. Rejects when Redis is away. A word that would live longer than any is given was
 * said before the clock was set back: Redis keeps the end of a life as a time of day.
 */
export async function presentGroups(redis: Redis, keys: Keys): Promise<readonly WorkerGroup[]> {
  const groups = Object.keys(workerGroups).filter(isWorkerGroup);
  await Promise.all(groups.map((group) => redis.pexpire(keys.workers[group], lifeMilliseconds, 'LT')));
  const words = await redis.mget(groups.map((group) => keys.workers[group]));
  return groups.filter((_, index) => words[index] !== null);
}
