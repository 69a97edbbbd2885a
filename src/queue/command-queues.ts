import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Progress } from '../core/progress.ts';
import { type QueueName, queueNames } from '../core/queue-name.ts';
import type { WireError } from '../errors/agent-error.ts';
import { parseFailure } from './failure-text.ts';
import type { JobData } from './job-data.ts';
import type { Keys } from './keys.ts';

const retryMilliseconds = 250;

/** How a job stands. */
export type JobOutcome =
  | { readonly kind: 'running'; readonly progress: Progress | null }
  | { readonly kind: 'succeeded'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: WireError };

/** What its queue knows of a job. Times in milliseconds since 1970. */
export interface JobRecord {
  readonly outcome: JobOutcome;
  /** The last one, also of a job that has ended. */
  readonly progress: Progress | null;
  readonly addedAt: number;
  readonly beganAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

export type SettledOutcome = Exclude<JobOutcome, { readonly kind: 'running' }>;

/**
 * The queues as the api uses them: it adds jobs and reads how they stand. On a fail-fast connection every call rejects at once
 * while Redis is away; only before it was there for the first time do calls wait.
 */
export class CommandQueues {
  readonly #queues = new Map<QueueName, Queue>();
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
    for (const name of queueNames) this.#open(name);
  }

  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  /** Rejects at once while Redis is away. Nothing is retried, removed or expired by the queue itself: see Replay. */
  async add(queue: QueueName, id: string, data: JobData): Promise<void> {
    await this.#queue(queue).add(data.command, data, { jobId: id, attempts: 1, keepLogs: 1000 });
  }

  /** The same for a job that is gone as soon as it has ended: only its event tells of it. */
  async addPassing(queue: QueueName, id: string, data: JobData): Promise<void> {
    const gone = { removeOnComplete: true, removeOnFail: true };
    await this.#queue(queue).add(data.command, data, { jobId: id, attempts: 1, ...gone });
  }

  /** How the job stands; null where there is none. */
  async outcome(queue: QueueName, id: string): Promise<JobOutcome | null> {
    return (await this.record(queue, id))?.outcome ?? null;
  }

  /** All that is known of the job; null where there is none. */
  async record(queue: QueueName, id: string): Promise<JobRecord | null> {
    const job: Job<JobData> | undefined = await this.#queue(queue).getJob(id);
    if (!job) return null;
    const { timestamp: addedAt, processedOn: beganAt, finishedOn: endedAt } = job;
    return { outcome: outcomeOf(job), progress: progressOf(job.progress), addedAt, beganAt, endedAt };
  }

  /** Takes back a job that no worker holds; false when one does, or when there is none. */
  async takeBack(queue: QueueName, id: string): Promise<boolean> {
    const job: Job<JobData> | undefined = await this.#queue(queue).getJob(id);
    if (!job || job.finishedOn !== undefined) return false;
    // BullMQ refuses to remove a job whose lock a worker still renews.
    return await job.remove().then(
      () => true,
      () => false,
    );
  }

  /** The lines of the job's log, oldest first. */
  async log(queue: QueueName, id: string): Promise<readonly string[]> {
    return (await this.#queue(queue).getJobLogs(id)).logs;
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((queue) => queue.close()));
  }

  /**
   * A queue of BullMQ asks Redis for its version first, and where that fails it refuses all that comes after: on a machine that is
   * so busy at its start that one answer takes longer than 5 s, no command would ever be accepted. So another takes its place.
   */
  #open(name: QueueName): void {
    const queue = new Queue(name, { connection: this.#redis, prefix: this.#keys.queues, skipMetasUpdate: true });
    queue.on('error', () => undefined); // the shared connection reports its own errors
    queue.waitUntilReady().catch(async () => {
      await sleep(retryMilliseconds, undefined, { ref: false });
      if (this.#redis.status !== 'end') this.#open(name);
    });
    this.#queues.set(name, queue);
  }

  #queue(name: QueueName): Queue {
    const queue = this.#queues.get(name);
    if (!queue) throw new TypeError(`no queue ${name}`);
    return queue;
  }
}

function outcomeOf(job: Job<JobData>): JobOutcome {
  if (job.finishedOn === undefined) return { kind: 'running', progress: progressOf(job.progress) };
  if (job.failedReason !== undefined && job.failedReason !== null) {
    return { kind: 'failed', error: parseFailure(job.failedReason) };
  }
  return { kind: 'succeeded', result: job.returnvalue };
}

/** BullMQ says 0 before the first report. */
export function progressOf(value: unknown): Progress | null {
  return typeof value === 'object' && value !== null && 'phase' in value ? (value as Progress) : null;
}
