import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelled } from '../../src/core/job-cancelled.ts';
import { CleaningError, CommandCancelledError } from '../../src/errors/catalogue.ts';
import { thisProcess } from '../../src/queue/job-owner.ts';
import { until } from '../support/until.ts';
import { createWorkerBench, type WorkerBench } from '../support/worker-bench.ts';

const quickly = { concurrency: true, timeout: 30_000 };
const deadProcess = { ...thisProcess(), pid: 1, startTime: '1' };

async function runs(bench: WorkerBench, count = 1): Promise<void> {
  await until(() => bench.runs.length === count, { withinMs: 5000, what: 'the run' });
}

describe('a cancelled job', quickly, () => {
  for (const replay of ['repeatable', 'resumable', 'once'] as const) {
    it(`ends as cancelled when its run gives up, and is not run again (${replay})`, async () => {
      const reasons: boolean[] = [];
      await using bench = await createWorkerBench(async (_params, { signal }) => {
        await once(signal, 'abort');
        reasons.push(isCancelled(signal));
        throw new Error('sector 5 is not clean');
      });
      await bench.add('a', replay);
      await runs(bench);
      await bench.cancellations.request('a');
      await bench.cancellations.request('a');
      assert.deepEqual(await bench.failure('a'), ['CommandCancelledError', 'it was cut short: sector 5 is not clean']);
      assert.deepEqual([bench.runs, reasons], [['a'], [true]]);
    });
  }

  it('says no more than that it was cut short where its run had nothing to tell', async () => {
    await using bench = await createWorkerBench(async ({ wrapped }, { signal }) => {
      await sleep(60_000, null, { signal, ref: false }).catch((cause: unknown) => {
        throw wrapped ? new CleaningError('Unexpected exception', { cause }) : cause;
      });
    });
    await bench.add('a', 'repeatable');
    await bench.add('b', 'repeatable', { wrapped: true });
    await runs(bench, 2);
    for (const id of ['a', 'b']) {
      await bench.cancellations.request(id);
      assert.deepEqual(await bench.failure(id), ['CommandCancelledError', 'it was cut short']);
    }
  });

  it('tells in the words of its run where that knows that it was cancelled', async () => {
    await using bench = await createWorkerBench(async (_params, { signal }) => {
      await once(signal, 'abort');
      throw new CommandCancelledError('/dev/sda is not clean');
    });
    await bench.add('a', 'resumable');
    await runs(bench);
    await bench.cancellations.request('a');
    assert.deepEqual(await bench.failure('a'), ['CommandCancelledError', '/dev/sda is not clean']);
  });

  it('has succeeded where its run came to its end all the same', async () => {
    await using bench = await createWorkerBench(async (_params, { signal }) => {
      await once(signal, 'abort');
      return 'erased';
    });
    await bench.add('a', 'once');
    await runs(bench);
    await bench.cancellations.request('a');
    assert.deepEqual(await bench.settled('a'), { kind: 'succeeded', result: { result: 'once: erased' } });
  });

  it('leaves the others alone', async () => {
    await using bench = await createWorkerBench((_params, { signal }) => sleep(60_000, null, { signal, ref: false }));
    await bench.add('a', 'repeatable');
    await bench.add('b', 'repeatable');
    await runs(bench, 2);
    await bench.cancellations.request('a');
    await bench.settled('a');
    assert.equal((await bench.outcome('b'))?.kind, 'running');
  });

  it('does not begin, where its worker takes it later', async () => {
    await using bench = await createWorkerBench(() => Promise.resolve('ran'));
    await bench.cancellations.request('a');
    await bench.add('a', 'repeatable');
    assert.deepEqual(await bench.failure('a'), ['CommandCancelledError', 'it had not begun; nothing was done']);
    assert.deepEqual(bench.runs, []);
  });

  for (const replay of ['repeatable', 'resumable', 'once'] as const) {
    it(`is not begun again after its process died (${replay})`, async () => {
      await using bench = await createWorkerBench(() => Promise.resolve('ran'));
      await bench.owners.claimFirst('a', deadProcess);
      await bench.cancellations.request('a');
      await bench.add('a', replay);
      const [type, details] = await bench.failure('a');
      assert.equal(type, 'CommandCancelledError');
      assert.match(details, /its process ended before it did, and it was not begun again/);
      assert.deepEqual(bench.runs, []);
    });
  }

  it('is not handed back by a worker that stops, and does not keep it from stopping', async () => {
    await using bench = await createWorkerBench(() => new Promise(() => undefined));
    await bench.add('a', 'resumable');
    await runs(bench);
    await bench.cancellations.request('a');
    await sleep(300);
    assert.equal((await bench.outcome('a'))?.kind, 'running');
    await bench.stop();
    assert.deepEqual(await bench.failure('a'), ['CommandCancelledError', 'it was cut short']);
  });

  it('is not handed back where it is cancelled while its worker stops already', async () => {
    await using bench = await createWorkerBench(async (_params, { signal }) => {
      await once(signal, 'abort');
      await bench.cancellations.request('a');
      await sleep(300);
      throw new Error('stopped in the middle');
    });
    await bench.add('a', 'resumable');
    await runs(bench);
    await bench.stop();
    assert.deepEqual(await bench.failure('a'), ['CommandCancelledError', 'it was cut short: stopped in the middle']);
  });

  it('is cut short although its worker did not hear of it while Redis was away', async () => {
    await using bench = await createWorkerBench((_params, { signal }) => sleep(60_000, null, { signal, ref: false }));
    await bench.add('a', 'repeatable');
    await runs(bench);
    // The mark alone, without the word: what is left of a cancellation whose word was lost.
    await bench.redis.client().sadd(bench.redis.keys.cancelled, 'a');
    await sleep(300);
    assert.equal((await bench.outcome('a'))?.kind, 'running');
    await bench.redis.kill();
    await bench.redis.start();
    assert.equal((await bench.failure('a'))[0], 'CommandCancelledError');
  });
});
