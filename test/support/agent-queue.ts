import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { CommandQueues } from '../../src/queue/command-queues.ts';
import { connectRedis } from '../../src/queue/connection.ts';
import { JobSigner } from '../../src/queue/job-data.ts';
import { type Keys, keysOf } from '../../src/queue/keys.ts';
import { stateDirAt } from '../../src/queue/state-dir.ts';
import type { RunningAgent } from './agent.ts';

/** The queue of a running agent, as who can write to its Redis has it: around the api. */
export class AgentQueue implements AsyncDisposable {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly queues: CommandQueues;
  /** Signs as the api does. */
  readonly signer: JobSigner;

  constructor({ stateDir }: RunningAgent) {
    const bootId = readFileSync(path.join(stateDir, 'boot-id'), 'utf8').trim();
    const state = stateDirAt(stateDir, bootId);
    this.keys = keysOf(bootId);
    this.redis = connectRedis(state, null, 'wait');
    this.queues = new CommandQueues(this.redis, this.keys);
    this.signer = new JobSigner(state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.queues.close();
    this.redis.disconnect();
  }

  /** Everything in the database as text, whatever its type. */
  async everything(): Promise<string> {
    const texts: string[] = [];
    for (const key of await this.#allKeys()) texts.push(key, await this.#valueOf(key));
    return texts.join('\n');
  }

  async #allKeys(): Promise<readonly string[]> {
    const keys: string[] = [];
    let cursor = '0';
    do {
      const [next, found] = await this.redis.scan(cursor, 'COUNT', 1000);
      keys.push(...found);
      cursor = next;
    } while (cursor !== '0');
    return keys;
  }

  async #valueOf(key: string): Promise<string> {
    const { redis } = this;
    switch (await redis.type(key)) {
      case 'string':
        return (await redis.get(key)) ?? '';
      case 'hash':
        return JSON.stringify(await redis.hgetall(key));
      case 'list':
        return JSON.stringify(await redis.lrange(key, 0, -1));
      case 'set':
        return JSON.stringify(await redis.smembers(key));
      case 'zset':
        return JSON.stringify(await redis.zrange(key, '0', '-1'));
      case 'stream':
        return JSON.stringify(await redis.xrange(key, '-', '+'));
      default:
        return '';
    }
  }
}
