import { Job, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { QueueName } from '../src/core/queue-name.ts';
import { forgetCheckpoint } from '../src/queue/checkpoint-store.ts';
import { isRedisAway, redisOptions } from '../src/queue/connection.ts';
import type { JobData } from '../src/queue/job-data.ts';
import type { Keys } from '../src/queue/keys.ts';
import { createProcessor, type ProcessJobDeps } from './process-job.ts';

/**
 * A job whose process died is seen after lock + up to two checks: within 8 s. The lock is renewed every second, so a main loop
 * that is blocked for 3 s loses it; nothing that long may run there.
 */
export const queueLives = { lockMilliseconds: 4000, stalledCheckMilliseconds: 2000 } as const;

/** Never reached: whether a job may run again is decided by its replay class (process-job.ts), not by counting. */
const anyNumberOfStalls = 1_000_000;

/** Enough that a sync command never waits behind another; device work is kept apart by O_EXCL, not by this. */
const concurrency = 4;

export function createQueueWorker(
  queue: QueueName,
  keys: Keys,
  socket: string | null,
  deps: ProcessJobDeps,
  logger: Logger,
): Worker<JobData> {
  const worker = new Worker<JobData>(queue, createProcessor(queue, deps), {
    connection: redisOptions(deps.state, socket, 'wait'),
    prefix: keys.queues,
    concurrency,
    lockDuration: queueLives.lockMilliseconds,
    lockRenewTime: queueLives.lockMilliseconds / 4,
    stalledInterval: queueLives.stalledCheckMilliseconds,
    maxStalledCount: anyNumberOfStalls,
  });
  // Not before Redis knows the end: a process that dies in between leaves a job that is run again, and must find what it has done.
  const settled = (id: string): void => {
    deps.runs.settled(id);
    forget(id, deps, logger);
  };
  worker.on('completed', (job) => settled(job.id ?? ''));
  worker.on('failed', (job) => settled(job?.id ?? ''));
  worker.on('stalled', (id) =>
    logger.warn({ command_id: id, queue }, 'job lost its process or its lock; looking at it again'),
  );
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) void abandonUnlessKnown(worker, id, deps, logger);
  });
  worker.on('error', (error) => {
    if (!isRedisAway(error)) logger.warn({ queue, err: error }, 'queue worker');
  });
  return worker;
}

/**
 * A lock is also lost while Redis is away, and found again. But of a job that Redis does not know any more (it came back without
 * its data), everybody is told that it failed: its run must not go on writing unseen. Asked again at the next renewal, 1 s later.
 */
async function abandonUnlessKnown(worker: Worker, id: string, deps: ProcessJobDeps, logger: Logger): Promise<void> {
  try {
    if (await Job.fromId(worker, id)) return;
    if (deps.runs.abandon(id, 'its record is no longer in Redis', () => forget(id, deps, logger))) {
      logger.error({ command_id: id, queue: worker.name }, 'job is no longer in redis; its run is aborted');
    }
  } catch (error) {
    if (!isRedisAway(error))
      logger.warn({ command_id: id, queue: worker.name, err: error }, 'job could not be looked up');
  }
}

/** What the job had on record to go on from. */
function forget(id: string, { state }: ProcessJobDeps, logger: Logger): void {
  try {
    forgetCheckpoint(state, id);
  } catch (error) {
    logger.warn({ command_id: id, err: error }, 'the checkpoint of a job that has ended could not be removed');
  }
}
