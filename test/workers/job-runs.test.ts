import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { createWorkerBench } from '../support/worker-bench.ts';

const quickly = { concurrency: true, timeout: 30_000 };

describe('a job that lost its lock', quickly, () => {
  for (const replay of ['once', 'repeatable'] as const) {
    it(`comes back to the run that still goes on, and ends with it (${replay})`, async () => {
      const end = Promise.withResolvers<string>();
      await using bench = await createWorkerBench(() => end.promise);
      await bench.add('a', replay);
      await until(() => bench.runs.length === 1, { withinMs: 5000, what: 'the run' });
      await bench.loseLock('a');
      const stalled = `${bench.redis.keys.queues}:system:a`;
      const redis = bench.redis.client();
      await until(async () => Number(await redis.hget(stalled, 'stc')) > 0, {
        withinMs: 10_000,
        what: 'the stalled check',
      });
      await until(() => redis.exists(`${stalled}:lock`), { withinMs: 5000, what: 'the second lock' });
      end.resolve('done');
      assert.deepEqual(await bench.settled('a'), { kind: 'succeeded', result: { result: `${replay}: done` } });
      assert.deepEqual(bench.runs, ['a']);
    });
  }
});

describe('a job that Redis has forgotten', quickly, () => {
  it('is aborted; one that has merely lost its lock is not', async () => {
    const aborted: string[] = [];
    await using bench = await createWorkerBench(async (_params, { signal, jobId }) => {
      await once(signal, 'abort');
      aborted.push(jobId);
      signal.throwIfAborted();
    });
    await bench.add('a', 'once');
    await bench.add('kept', 'once');
    await until(() => bench.runs.length === 2, { withinMs: 5000, what: 'the runs' });
    await bench.loseLock('kept');
    await bench.redis.client().del(...['', ':lock'].map((end) => `${bench.redis.keys.queues}:system:a${end}`));
    await until(() => aborted.length > 0, { withinMs: 5000, what: 'the abort' });
    await sleep(3000); // several renewals
    assert.deepEqual(aborted, ['a']);
    assert.equal((await bench.outcome('kept'))?.kind, 'running');
    await bench.add('b', 'once');
    await until(() => bench.runs.includes('b'), { withinMs: 5000, what: 'a run after it' });
  });

  it('is aborted when Redis comes back without its data, and not while it is away', async () => {
    let aborted = '';
    await using bench = await createWorkerBench(async (_params, { signal }) => {
      await once(signal, 'abort');
      aborted = String(signal.reason);
    });
    await bench.add('a', 'repeatable');
    await until(() => bench.runs.length === 1, { withinMs: 5000, what: 'the run' });
    await bench.redis.kill();
    bench.redis.forget();
    await sleep(5000); // longer than the lock
    assert.equal(aborted, '');
    await bench.redis.start();
    await until(() => aborted !== '', { withinMs: 5000, what: 'the abort' });
    assert.equal(aborted, 'Error: its record is no longer in Redis');
    await bench.add('b', 'once');
    await until(() => bench.runs.includes('b'), { withinMs: 5000, what: 'a run after it' });
  });
});
