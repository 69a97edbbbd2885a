import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

/**
 * The commands of this boot that somebody has cancelled. The mark stays, so that a worker which is just starting sees it when it
 * takes the job; those that run the job already hear of it at once (see followCancellations).
 */
export class Cancellations {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** The mark first: whoever misses the word finds it. */
  async request(id: string): Promise<void> {
    await this.#redis.sadd(this.#keys.cancelled, id);
    await this.#redis.publish(this.#keys.cancelChannel, id);
  }

  async isRequested(id: string): Promise<boolean> {
    return (await this.#redis.sismember(this.#keys.cancelled, id)) === 1;
  }
}

/**
 * Tells of every command that is cancelled, by a connection of its own, which this ends up owning. Whenever it has been away, it
 * tells of all that are marked again, so that none is missed; `onCancelled` is told of a command more than once. Returns what ends it.
 */
export function followCancellations(
  redis: Redis,
  reader: Redis,
  keys: Keys,
  onCancelled: (id: string) => void,
): () => void {
  const subscribe = (): void => {
    redis
      .subscribe(keys.cancelChannel)
      .then(() => reader.smembers(keys.cancelled))
      .then((ids) => ids.forEach(onCancelled))
      .catch(() => undefined); // the connection was lost again; `ready` comes when it is back
  };
  redis.on('error', () => undefined); // reconnects by itself
  redis.on('message', (_channel: string, id: string) => onCancelled(id));
  redis.on('ready', subscribe);
  if (redis.status === 'ready') subscribe();
  return () => redis.disconnect();
}
