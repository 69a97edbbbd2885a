import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { jobCheckpoint } from '../../src/queue/checkpoint-store.ts';
import { until } from '../support/until.ts';
import { createWorkerBench, type WorkerBench } from '../support/worker-bench.ts';

/** Longer than a job takes to end where Redis answers; shorter than its lock. */
const pauseMilliseconds = 500;

describe('the checkpoint of a job', { concurrency: true, timeout: 30_000 }, () => {
  for (const isGood of [true, false]) {
    it(`stays until Redis knows that the job ${isGood ? 'succeeded' : 'failed'}: a process that dies before is to find it`, async () => {
      const begun = Promise.withResolvers<WorkerBench>();
      let hasEnded = false;
      await using bench = await createWorkerBench(async (_params, { jobId }) => {
        const { redis } = await begun.promise;
        jobCheckpoint(redis.state, jobId).save({ far: 'at the end' });
        process.kill(redis.pid, 'SIGSTOP');
        hasEnded = true;
        if (!isGood) throw new Error('this disk is not clean');
        return null;
      });
      await bench.add('a', 'resumable');
      begun.resolve(bench);
      await until(() => hasEnded, { withinMs: 5000, what: 'the end of the run' });
      await sleep(pauseMilliseconds);
      const file = path.join(bench.redis.state.checkpoints, 'a.json');
      const isKept = existsSync(file);
      process.kill(bench.redis.pid, 'SIGCONT');
      assert.equal(isKept, true, 'nobody knows yet how the job ended');
      assert.equal((await bench.settled('a')).kind, isGood ? 'succeeded' : 'failed');
      await until(() => !existsSync(file), { withinMs: 2000, what: 'the end of the checkpoint' });
    });
  }
});
