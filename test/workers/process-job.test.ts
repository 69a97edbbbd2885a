import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CleaningError } from '../../src/errors/catalogue.ts';
import type { JobData } from '../../src/queue/job-data.ts';
import { type JobOwner, thisProcess } from '../../src/queue/job-owner.ts';
import { until } from '../support/until.ts';
import { createWorkerBench } from '../support/worker-bench.ts';

/** A process that ended before the test began. */
const deadProcess: JobOwner = { ...thisProcess(), pid: 1, startTime: '1' };

/** Another process that seems to have begun a job. */
async function startOther() {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const startTime = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')[21] ?? '';
  const exit = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  return { owner: { ...thisProcess(), pid: child.pid ?? 0, startTime }, end, [Symbol.asyncDispose]: end };
}

const quickly = { concurrency: true, timeout: 30_000 };

describe('a queue worker', quickly, () => {
  describe('a job', quickly, () => {
    it('runs its command with its parameters and leaves result and log', async () => {
      await using bench = await createWorkerBench(async (params, { log, jobId }) => {
        log.info({ device: '/dev/loop5' }, 'wiped');
        return { params, jobId };
      });
      await bench.add('a', 'repeatable', { deep: { list: [1, null] } });
      const result = { params: { deep: { list: [1, null] } }, jobId: 'a' };
      assert.deepEqual(await bench.settled('a'), { kind: 'succeeded', result });
      assert.match((await bench.log('a')).join('\n'), /^\S+Z info wiped device=\/dev\/loop5$/);
    });

    it('gives its command the secrets that its data refers to, and keeps what only looks so', async () => {
      await using bench = await createWorkerBench((params) =>
        Promise.resolve(params['password'] === 'hush' ? 'same' : 'other'),
      );
      bench.secrets.save('a', ['hush']);
      await bench.add('a', 'repeatable', { password: { $secret: 0 } });
      assert.deepEqual(await bench.settled('a'), { kind: 'succeeded', result: { result: 'repeatable: same' } });
    });

    it('fails without its secrets, before its command runs', async () => {
      await using bench = await createWorkerBench(() => Promise.resolve(null));
      await bench.add('a', 'repeatable', { password: { $secret: 0 } });
      assert.deepEqual(await bench.failure('a'), [
        'InterruptedError',
        'its secrets (config drive, credentials) are no longer there',
      ]);
      assert.deepEqual(bench.runs, []);
    });

    it('fails with the error of its command, once', async () => {
      await using bench = await createWorkerBench((params) =>
        Promise.reject(params['agent'] ? new CleaningError('sector 5') : new TypeError('undefined is no disk')),
      );
      await bench.add('a', 'repeatable', { agent: true });
      await bench.add('b', 'repeatable');
      assert.deepEqual(await bench.failure('a'), ['CleaningError', 'sector 5']);
      assert.deepEqual(await bench.failure('b'), ['CommandExecutionError', 'undefined is no disk']);
      assert.deepEqual(bench.runs.toSorted(), ['a', 'b']);
    });

    for (const [what, change] of [
      ['without a signature', ({ signature: _, ...data }) => data as JobData],
      ['with other parameters than were signed', (data) => ({ ...data, params: { devices: ['/dev/sda'] } })],
      ['with another command than was signed', (data) => ({ ...data, command: 'test.repeatable' })],
      ['without any data', () => ({ command: 'x' }) as JobData],
    ] as const satisfies readonly (readonly [string, (data: JobData) => JobData])[]) {
      it(`is refused ${what}`, async () => {
        await using bench = await createWorkerBench(() => Promise.resolve('ran'));
        await bench.add('a', 'once', {}, change);
        const [type, details] = await bench.failure('a');
        assert.equal(type, 'JobSignatureError');
        assert.match(details, /job a in queue system: the signature does not match; it is not run/);
        assert.deepEqual([bench.runs, await bench.owners.of('a')], [[], null]);
      });
    }

    it('fails where its worker does not know the command', async () => {
      await using bench = await createWorkerBench(() => Promise.resolve('ran'));
      await bench.add('a', 'unheard' as 'once');
      assert.deepEqual(await bench.failure('a'), ['CommandExecutionError', 'no command test.unheard in this worker']);
    });

    it('is on record as run by this process', async () => {
      await using bench = await createWorkerBench(() => Promise.resolve(null));
      await bench.add('a', 'once');
      await bench.settled('a');
      assert.deepEqual(await bench.owners.of('a'), { ...thisProcess(), starts: 1 });
    });
  });

  describe('a job whose process died', quickly, () => {
    for (const replay of ['repeatable', 'resumable'] as const) {
      it(`is run again when it is ${replay}`, async () => {
        await using bench = await createWorkerBench(() => Promise.resolve('ran'));
        await bench.owners.claimFirst('a', deadProcess);
        await bench.add('a', replay);
        assert.equal((await bench.settled('a')).kind, 'succeeded');
        assert.deepEqual(bench.runs, ['a']);
      });
    }

    it('fails and is never run again when it must run once', async () => {
      await using bench = await createWorkerBench(() => Promise.resolve('ran'));
      await bench.owners.claimFirst('a', deadProcess);
      await bench.add('a', 'once');
      const [type, details] = await bench.failure('a');
      assert.equal(type, 'InterruptedError');
      assert.match(details, /the process that ran it \(pid 1\) died in the middle; it is not safe to run again/);
      assert.deepEqual(bench.runs, []);
    });

    it('waits as long as that process lives after all', async () => {
      await using other = await startOther();
      await using bench = await createWorkerBench(() => Promise.resolve('ran'));
      for (const id of ['a', 'b']) await bench.owners.claimFirst(id, other.owner);
      await bench.add('a', 'repeatable');
      await bench.add('b', 'once');
      await sleep(1500);
      assert.deepEqual(bench.runs, []);
      for (const id of ['a', 'b']) assert.equal((await bench.outcome(id))?.kind, 'running');
      await other.end();
      assert.equal((await bench.settled('a')).kind, 'succeeded');
      assert.equal((await bench.failure('b'))[0], 'InterruptedError');
      assert.deepEqual(bench.runs, ['a']);
    });

    it('comes to an end when it took down every process that ran it', async () => {
      await using bench = await createWorkerBench(() => Promise.resolve('ran'));
      for (const [id, starts] of [
        ['a', 29],
        ['b', 30],
      ] as const) {
        await bench.owners.claimAfter({ ...deadProcess, starts: starts - 1 }, id, deadProcess);
        await bench.add(id, 'repeatable');
      }
      assert.equal((await bench.settled('a')).kind, 'succeeded');
      assert.deepEqual(await bench.owners.of('a'), { ...thisProcess(), starts: 30 });
      assert.deepEqual(await bench.failure('b'), [
        'InterruptedError',
        'it was begun 30 times, and its process died or was stopped each time',
      ]);
      assert.deepEqual(bench.runs, ['a']);
    });

    it('is not begun by a look at it, however often that happens', async () => {
      await using other = await startOther();
      await using bench = await createWorkerBench(() => Promise.resolve('ran'));
      await bench.owners.claimFirst('a', other.owner);
      await bench.add('a', 'repeatable');
      const looks = async () => Number(await bench.redis.client().hget(`${bench.redis.keys.queues}:system:a`, 'ats'));
      await until(async () => (await looks()) >= 2, { withinMs: 8000, everyMs: 100, what: 'two looks' });
      assert.deepEqual(await bench.owners.of('a'), { ...other.owner, starts: 1 });
      await other.end();
      assert.equal((await bench.settled('a')).kind, 'succeeded');
      assert.deepEqual(await bench.owners.of('a'), { ...thisProcess(), starts: 2 });
    });
  });

  describe('draining a worker', quickly, () => {
    it('lets a running job end and takes no other', async () => {
      const end = Promise.withResolvers<string>();
      await using bench = await createWorkerBench(() => end.promise);
      await bench.add('a', 'once');
      await until(() => bench.runs.length === 1, { withinMs: 5000, what: 'the run' });
      const stopped = bench.stop();
      await sleep(200); // what arrives at the same moment may still be taken
      await bench.add('b', 'repeatable');
      end.resolve('done');
      await stopped;
      assert.equal((await bench.outcome('a'))?.kind, 'succeeded');
      assert.equal((await bench.outcome('b'))?.kind, 'running');
      assert.deepEqual(bench.runs, ['a']);
    });

    it('cuts short what may run again, when asked a second time, and hands it back', async () => {
      await using bench = await createWorkerBench((_params, { signal }) => sleep(60_000, null, { signal }));
      await bench.add('a', 'repeatable');
      await bench.add('b', 'once');
      await until(() => bench.runs.length === 2, { withinMs: 5000, what: 'both runs' });
      const stopped = bench.stop();
      await bench.stop();
      await stopped;
      assert.equal((await bench.outcome('a'))?.kind, 'running');
      assert.deepEqual(await bench.failure('b'), [
        'InterruptedError',
        'its worker was stopped in the middle of it: The operation was aborted',
      ]);
    });

    it('cuts short by itself what takes too long', async () => {
      await using bench = await createWorkerBench((_params, { signal }) => sleep(60_000, null, { signal }));
      await bench.add('a', 'repeatable');
      await until(() => bench.runs.length === 1, { withinMs: 5000, what: 'the run' });
      await bench.stop();
      assert.equal((await bench.outcome('a'))?.kind, 'running');
    });
  });
});
