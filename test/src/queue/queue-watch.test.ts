import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnrecoverableError, Worker } from 'bullmq';
import { type QueueName, queueNames } from '../../../src/core/queue-name.ts';
import { CommandQueues, type JobOutcome } from '../../../src/queue/command-queues.ts';
import { redisOptions } from '../../../src/queue/connection.ts';
import { JobSigner } from '../../../src/queue/job-data.ts';
import { QueueWatch } from '../../../src/queue/queue-watch.ts';
import { type PrivateRedis, startPrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/until.ts';

type Run = (id: string, report: (progress: object) => Promise<void>) => Promise<unknown>;

/** The queues as the api has them, and workers that do with each job what the test says. */
class Bench implements AsyncDisposable {
  readonly redis: PrivateRedis;
  readonly queues: CommandQueues;
  readonly told: string[] = [];
  readonly outcomes = new Map<string, JobOutcome>();
  readonly #workers: readonly Worker[];
  #watch: QueueWatch | null = null;

  constructor(redis: PrivateRedis, names: readonly QueueName[], run: Run) {
    this.redis = redis;
    this.queues = new CommandQueues(redis.client('fail-fast'), redis.keys);
    this.#workers = names.map((name) => {
      const worker = new Worker(name, (job) => run(job.id ?? '', (progress) => job.updateProgress(progress)), {
        connection: redisOptions(redis.state, null, 'wait'),
        prefix: redis.keys.queues,
      });
      worker.on('error', () => undefined);
      return worker;
    });
  }

  async watch(): Promise<void> {
    this.#watch = new QueueWatch(this.redis.state, null, this.redis.keys, {
      onProgress: (queue, id, progress) => void this.told.push(`${queue} ${id} ${progress.done}`),
      onSettled: (queue, id, outcome) => {
        this.told.push(`${queue} ${id} ${outcome.kind}`);
        this.outcomes.set(id, outcome);
      },
    });
    await this.#watch.ready();
  }

  async add(queue: QueueName, id: string): Promise<void> {
    const data = { command: 'a.b', params: {}, acceptedAt: '' };
    await this.queues.add(queue, id, new JobSigner(this.redis.state).sign(queue, id, data));
  }

  async settled(id: string): Promise<JobOutcome> {
    return await until(() => this.outcomes.get(id), { withinMs: 5000, what: `the end of ${id}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close(true)));
    await this.#watch?.close();
    await this.queues.close();
    await this.redis[Symbol.asyncDispose]();
  }
}

async function createBench(names: readonly QueueName[], run: Run): Promise<Bench> {
  return new Bench(await startPrivateRedis(), names, run);
}

const progress = (done: number) => ({ phase: 'write', done, total: 9, unit: 'bytes', rate: 1, eta: 1 });

describe('the watch over all queues', () => {
  it('tells of the progress and the end of a job in every queue', async () => {
    await using bench = await createBench(queueNames, async (id, report) => {
      await report(progress(3));
      await report(progress(7));
      return { of: id };
    });
    await bench.watch();
    for (const name of queueNames) await bench.add(name, `in-${name}`);
    for (const name of queueNames) {
      assert.deepEqual(await bench.settled(`in-${name}`), { kind: 'succeeded', result: { of: `in-${name}` } });
      const told = bench.told.filter((line) => line.startsWith(`${name} `));
      assert.deepEqual(told, [`${name} in-${name} 3`, `${name} in-${name} 7`, `${name} in-${name} succeeded`]);
    }
  });

  it('tells why a job failed, as a wire error', async () => {
    await using bench = await createBench(['image'], () =>
      Promise.reject(new UnrecoverableError('ImageChecksumError: expected a, found b')),
    );
    await bench.watch();
    await bench.add('image', 'x');
    const error = {
      type: 'ImageChecksumError',
      code: 500,
      message: 'Error verifying image checksum',
      details: 'expected a, found b',
    };
    assert.deepEqual(await bench.settled('x'), { kind: 'failed', error });
    assert.deepEqual(await bench.queues.outcome('image', 'x'), { kind: 'failed', error });
  });

  it('begins with what happens after it is ready, and repeats nothing older', async () => {
    await using bench = await createBench(['system'], (id) => Promise.resolve(id));
    await bench.add('system', 'early');
    await until(async () => (await bench.queues.outcome('system', 'early'))?.kind === 'succeeded', {
      withinMs: 5000,
      what: 'the end of the job',
    });
    await bench.watch();
    await bench.add('system', 'late');
    await bench.settled('late');
    assert.deepEqual(bench.told, ['system late succeeded']);
  });

  it('misses nothing of what happens before it is connected again', async () => {
    await using bench = await createBench([], () => Promise.resolve(null));
    await bench.watch();
    await bench.redis.kill();
    await bench.redis.start();
    const events = `${bench.redis.keys.queues}:boot:events`;
    await bench.redis.client().xadd(events, '*', 'event', 'completed', 'jobId', 'quick', 'returnvalue', '1');
    assert.deepEqual(await bench.settled('quick'), { kind: 'succeeded', result: 1 });
  });

  it('goes on by itself after kill -9 of Redis', async () => {
    await using bench = await createBench(['system'], (id) => Promise.resolve(id));
    await bench.watch();
    await bench.add('system', 'before');
    await bench.settled('before');
    await bench.redis.kill();
    await bench.redis.start();
    await until(
      () =>
        bench.add('system', 'after').then(
          () => true,
          () => false,
        ),
      {
        withinMs: 5000,
        what: 'the queue after the restart',
      },
    );
    assert.deepEqual(await bench.settled('after'), { kind: 'succeeded', result: 'after' });
  });
});

describe('the queues of the api', () => {
  it('tell how a job stands, and of one that is not there that it is not', async () => {
    const end = Promise.withResolvers<string>();
    await using bench = await createBench(['erase'], async (_id, report) => {
      await report(progress(5));
      return await end.promise;
    });
    assert.equal(await bench.queues.outcome('erase', 'x'), null);
    await bench.add('erase', 'x');
    const outcome = () => bench.queues.outcome('erase', 'x');
    await until(
      async () => (await outcome())?.kind === 'running' && JSON.stringify(await outcome()).includes('write'),
      {
        withinMs: 5000,
        what: 'progress',
      },
    );
    assert.deepEqual(await outcome(), { kind: 'running', progress: progress(5) });
    end.resolve('end');
    await until(async () => (await outcome())?.kind === 'succeeded', { withinMs: 5000, what: 'the end' });
    assert.deepEqual(await outcome(), { kind: 'succeeded', result: 'end' });
  });

  it('know a job that waits for its worker as running, without progress', async () => {
    await using bench = await createBench([], () => Promise.resolve(null));
    await bench.add('raid', 'x');
    assert.deepEqual(await bench.queues.outcome('raid', 'x'), { kind: 'running', progress: null });
    assert.deepEqual(await bench.queues.log('raid', 'x'), []);
  });

  it('reject at once while Redis is away, and work again when it is back', async () => {
    await using bench = await createBench([], () => Promise.resolve(null));
    await bench.add('raid', 'x');
    await bench.redis.kill();
    const started = performance.now();
    await assert.rejects(bench.add('raid', 'y'));
    await assert.rejects(bench.queues.outcome('raid', 'x'));
    const waited = performance.now() - started;
    await bench.redis.start();
    await until(
      () =>
        bench.add('raid', 'z').then(
          () => true,
          () => false,
        ),
      { withinMs: 5000, what: 'the queue' },
    );
    assert.deepEqual(await bench.queues.outcome('raid', 'x'), { kind: 'running', progress: null });
    assert.ok(waited < 2000, `${waited} ms`);
  });
});
