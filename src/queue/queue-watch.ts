import { QueueEvents } from 'bullmq';
import type { Progress } from '../core/progress.ts';
import { type QueueName, queueNames } from '../core/queue-name.ts';
import { type JobOutcome, progressOf } from './command-queues.ts';
import { connectRedis, redisOptions } from './connection.ts';
import { parseFailure } from './failure-text.ts';
import type { Keys } from './keys.ts';
import type { StateDir } from './state-dir.ts';

/** What the watcher tells; events may come twice. */
export interface QueueListener {
  onProgress(queue: QueueName, id: string, progress: Progress): void;
  onSettled(queue: QueueName, id: string, outcome: JobOutcome): void;
}

/** Follows all queues by their event streams, one blocking connection each. */
export class QueueWatch {
  readonly #state: StateDir;
  readonly #socket: string | null;
  readonly #keys: Keys;
  readonly #listener: QueueListener;
  #streams: readonly QueueEvents[] = [];

  constructor(state: StateDir, socket: string | null, keys: Keys, listener: QueueListener) {
    this.#state = state;
    this.#socket = socket;
    this.#keys = keys;
    this.#listener = listener;
  }

  /** Begins; waits for Redis. When it has resolved, no event is missed. Called once. */
  async ready(): Promise<void> {
    const last = await this.#lastEvents();
    this.#streams = queueNames.map((name, index) => this.#follow(name, last[index] ?? '0-0'));
    await Promise.all(this.#streams.map((stream) => stream.waitUntilReady()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.close()));
  }

  /**
   * The newest event of every queue. Read by name and not as `$`, which means the newest at each read: whatever comes between
   * two reads, or before a connection is back, would be lost.
   */
  async #lastEvents(): Promise<readonly (string | undefined)[]> {
    const redis = connectRedis(this.#state, this.#socket, 'wait');
    redis.on('error', () => undefined); // reconnects by itself
    try {
      const newest = queueNames.map((name) =>
        redis.xrevrange(`${this.#keys.queues}:${name}:events`, '+', '-', 'COUNT', 1),
      );
      return (await Promise.all(newest)).map(([event]) => event?.[0]);
    } finally {
      redis.disconnect();
    }
  }

  #follow(name: QueueName, lastEventId: string): QueueEvents {
    const listener = this.#listener;
    const connection = redisOptions(this.#state, this.#socket, 'wait');
    const stream = new QueueEvents(name, { connection, prefix: this.#keys.queues, lastEventId });
    stream.on('progress', ({ jobId, data }) => {
      const progress = progressOf(data);
      if (progress) listener.onProgress(name, jobId, progress);
    });
    stream.on('completed', ({ jobId, returnvalue }) => {
      listener.onSettled(name, jobId, { kind: 'succeeded', result: returnvalue });
    });
    stream.on('failed', ({ jobId, failedReason }) => {
      listener.onSettled(name, jobId, { kind: 'failed', error: parseFailure(failedReason) });
    });
    stream.on('error', () => undefined); // reconnects by itself
    return stream;
  }
}
