import type { Redis } from 'ioredis';
import type { QueueName } from '../core/queue-name.ts';
import type { SettledOutcome } from './command-queues.ts';
import type { Keys } from './keys.ts';

/** What a POST asked for and when: one that is sent again is recognised by it. */
export interface AcceptedRequest {
  /** See JobSigner.digest. */
  readonly digest: string;
  /** Of the machine: a clock that does not jump and that goes on when the api is started again. */
  readonly uptimeSeconds: number;
}

/** A command that was accepted; written before its job, so that no job can run unseen. */
export interface AcceptedCommand {
  readonly id: string;
  /** Full name, `clean.execute_clean_step`. */
  readonly name: string;
  readonly mode: 'sync' | 'async';
  readonly queue: QueueName;
  /** Position in the order of acceptance. */
  readonly sequence: number;
  /** What an operator would call it: the step's name for `execute_*_step`, else the short name. */
  readonly label: string;
  readonly asked?: AcceptedRequest;
  /** How it ended, where its job cannot tell: Redis lost it, or it was taken back from its queue. */
  readonly ended?: SettledOutcome;
}

/** The index of accepted commands; its order is the order of acceptance. */
export class AcceptedCommands {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#key = keys.commands;
  }

  async add(command: AcceptedCommand): Promise<void> {
    await this.#redis.hset(this.#key, command.id, JSON.stringify(command));
  }

  async remove(id: string): Promise<void> {
    await this.#redis.hdel(this.#key, id);
  }

  async all(): Promise<readonly AcceptedCommand[]> {
    const texts = await this.#redis.hvals(this.#key);
    return texts.map((text) => JSON.parse(text) as AcceptedCommand).sort((a, b) => a.sequence - b.sequence);
  }
}
