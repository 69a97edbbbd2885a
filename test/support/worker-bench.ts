import { tmpdir } from 'node:os';
import joi from 'joi';
import { pino } from 'pino';
import { type AnyCommand, defineCommand } from '../../src/core/command.ts';
import type { JobContext } from '../../src/core/job-context.ts';
import type { Replay } from '../../src/core/replay.ts';
import { createManagerRegistry } from '../../src/hardware/registry.ts';
import { Cancellations, followCancellations } from '../../src/queue/cancellations.ts';
import { CommandQueues, type JobOutcome } from '../../src/queue/command-queues.ts';
import { type JobData, JobSigner } from '../../src/queue/job-data.ts';
import { JobOwners, thisProcess } from '../../src/queue/job-owner.ts';
import { SecretStore } from '../../src/queue/secret-store.ts';
import { Drain } from '../../workers/drain.ts';
import { createJobLog } from '../../workers/job-log.ts';
import { JobRuns } from '../../workers/job-runs.ts';
import { createQueueWorker } from '../../workers/queue-worker.ts';
import { jobRecords } from './job-records.ts';
import { memoryCertificates } from './memory-certificates.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts';
import { silentHost } from './silent-host.ts';
import { until } from './until.ts';

const queue = 'system';
const logger = pino({ level: 'silent' });

/** What the commands of the bench do; every run is counted before. */
type Run = (params: Readonly<Record<string, unknown>>, context: JobContext) => Promise<unknown>;

/**
 * The queue of a worker with commands `test.repeatable`, `test.resumable` and `test.once`, which all do what the test says.
 * Real Redis, real BullMQ, the worker in this process.
 */
export class WorkerBench implements AsyncDisposable {
  readonly redis: PrivateRedis;
  readonly owners: JobOwners;
  readonly secrets: SecretStore;
  readonly cancellations: Cancellations;
  /** Ids of the jobs that were run, in order. */
  readonly runs: string[] = [];
  readonly drain = new Drain(1000);
  readonly #queues: CommandQueues;
  readonly #signer: JobSigner;
  readonly #worker: ReturnType<typeof createQueueWorker>;

  constructor(redis: PrivateRedis, run: Run) {
    this.redis = redis;
    this.owners = new JobOwners(redis.client(), redis.keys);
    this.secrets = new SecretStore(redis.state);
    this.#signer = new JobSigner(redis.state);
    this.#queues = new CommandQueues(redis.client(), redis.keys);
    this.cancellations = new Cancellations(redis.client(), redis.keys);
    const runs = new JobRuns();
    followCancellations(redis.client(), redis.client(), redis.keys, (id) => runs.cancel(id));
    const managers = createManagerRegistry([], []);
    const state = { read: async () => null, write: async () => undefined };
    const deps = {
      commands: commandsThat((params, context) => {
        this.runs.push(context.jobId);
        return run(params, context);
      }),
      managers,
      signer: this.#signer,
      secrets: this.secrets,
      owners: this.owners,
      cancellations: this.cancellations,
      self: thisProcess(),
      state: redis.state,
      runs,
      drain: this.drain,
      createContext: async (job: Parameters<typeof createJobLog>[0], _unit: unknown, signal: AbortSignal) => ({
        context: {
          ...silentHost(),
          jobId: job.id ?? '',
          checkpoint: memoryCheckpoint(),
          spoolDir: tmpdir(),
          certificates: memoryCertificates(),
          ...jobRecords(),
          log: createJobLog(job, logger),
          signal,
          report: () => undefined,
          managers,
          state,
        },
        flush: () => undefined,
      }),
    };
    this.#worker = createQueueWorker(queue, redis.keys, null, deps, logger);
  }

  /** A job as the api makes it, unless `change` makes another one of it. */
  async add(
    id: string,
    replay: Replay,
    params: Readonly<Record<string, unknown>> = {},
    change: (data: JobData) => JobData = (data) => data,
  ): Promise<void> {
    const data = { command: `test.${replay}`, params, acceptedAt: '2026-11-22T10:00:00.000Z' };
    await this.#queues.add(queue, id, change(this.#signer.sign(queue, id, data)));
  }

  async outcome(id: string): Promise<JobOutcome | null> {
    return await this.#queues.outcome(queue, id);
  }

  /** How the job ended. */
  async settled(id: string, withinMs = 5000): Promise<Exclude<JobOutcome, { readonly kind: 'running' }>> {
    return await until(
      async () => {
        const outcome = await this.outcome(id);
        return outcome?.kind === 'running' ? null : outcome;
      },
      { withinMs, what: `the end of job ${id}` },
    );
  }

  /** Class and details of the error of a failed job. */
  async failure(id: string): Promise<readonly [type: string, details: string]> {
    const outcome = await this.settled(id);
    if (outcome.kind !== 'failed') throw new Error(`job ${id} ${outcome.kind}`);
    return [outcome.error.type, outcome.error.details];
  }

  async log(id: string): Promise<readonly string[]> {
    return await this.#queues.log(queue, id);
  }

  /** Stops the worker as SIGTERM does; a second call is impatient. */
  async stop(): Promise<void> {
    await this.drain.run([this.#worker], logger);
  }

  /** Takes the lock of a running job away, as an absence of Redis does. */
  async loseLock(id: string): Promise<void> {
    await this.redis.client().del(`${this.redis.keys.queues}:${queue}:${id}:lock`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.close(true);
    await this.#queues.close();
    await this.redis[Symbol.asyncDispose]();
  }
}

export async function createWorkerBench(run: Run): Promise<WorkerBench> {
  return new WorkerBench(await startPrivateRedis(), run);
}

function commandsThat(run: Run): ReadonlyMap<string, AnyCommand> {
  const classes: readonly Replay[] = ['repeatable', 'resumable', 'once'];
  return new Map(
    classes.map((replay) => [
      `test.${replay}`,
      defineCommand<Readonly<Record<string, unknown>>>({
        name: `test.${replay}`,
        summary: 'Do what the test says.',
        params: joi.object().unknown(),
        mode: 'async',
        handling: { kind: 'fixed', queue, replay, progress: 'steps' },
        abortable: true,
        run,
      }),
    ]),
  );
}
