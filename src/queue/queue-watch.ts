import { QueueEvents } from 'bullmq';
import type { Progress } from '../core/progress.ts';
import { type QueueName, queueNames } from '../core/queue-name.ts';
import { type JobOutcome, progressOf } from './command-queues.ts';
import { redisOptions } from './connection.ts';
import { parseFailure } from './failure-text.ts';
import type { Keys } from './keys.ts';
import type { StateDir } from './state-dir.ts';

/** What the watcher tells; events may come twice and, after Redis was away, not at all (the api then reads again). */
export interface QueueListener {
  onProgress(queue: QueueName, id: string, progress: Progress): void;
  onSettled(queue: QueueName, id: string, outcome: JobOutcome): void;
}

/** Follows all queues by their event streams, one blocking connection each. */
export class QueueWatch {
  readonly #streams: readonly QueueEvents[];

  constructor(state: StateDir, socket: string | null, keys: Keys, listener: QueueListener) {
    this.#streams = queueNames.map((name) => {
      const stream = new QueueEvents(name, { connection: redisOptions(state, socket, 'wait'), prefix: keys.queues });
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
    });
  }

  async ready(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.waitUntilReady()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.close()));
  }
}
