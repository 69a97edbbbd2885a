import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import joi from 'joi';
import { Queries, type QueriesDeps } from '../../api/queries.ts';
import { type AnyCommand, defineCommand } from '../../src/core/command.ts';
import { DeviceNotFoundError } from '../../src/errors/catalogue.ts';
import type { JobData, UnsignedJobData } from '../../src/queue/job-data.ts';
import { until } from '../support/until.ts';

const never = new Promise<never>(() => undefined);

const question: AnyCommand = defineCommand<{ of?: string; password?: string }>({
  name: 'test.question',
  summary: 'Test.',
  params: joi.object({ of: joi.string(), password: joi.string() }),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'inspection', replay: 'repeatable', progress: 'steps' },
  abortable: true,
  run: () => Promise.resolve(null),
});

function createWorld(change: Partial<QueriesDeps> = {}, patience?: number) {
  const calls: string[] = [];
  const jobs: (readonly [queue: string, id: string, data: JobData])[] = [];
  const note = (name: string) => () => Promise.resolve(void calls.push(name));
  const queries = new Queries(
    {
      catalogue: new Map([[question.name, question]]),
      queues: {
        addPassing: (...job) => Promise.resolve(void jobs.push(job)),
        takeBack: () => Promise.resolve(calls.push('take back') > 0),
      },
      signer: { sign: (_queue: string, _id: string, data: UnsignedJobData) => ({ ...data, signature: 'signed' }) },
      secrets: { save: (_id, kept) => void calls.push(`keep ${kept.length}`), wipe: () => void calls.push('wipe') },
      owners: { forget: note('forget') },
      cancellations: { request: note('cancel') },
      takeResult: (_id, result) => ({ taken: result }),
      isQueueThere: () => true,
      ...change,
    },
    patience,
  );
  const asked = async (count = 1): Promise<string> => {
    await until(() => jobs.length === count, { withinMs: 2000, what: 'the job' });
    return jobs.at(-1)?.[1] ?? '';
  };
  return { queries, calls, jobs, asked, ask: (params: object = {}) => queries.ask(question.name, params) };
}

describe('a question', () => {
  it('is a signed job in its queue, without its secrets, and its end is the answer', async () => {
    const { queries, calls, jobs, asked, ask } = createWorld();
    const answer = ask({ of: 'disks', password: 'hush' });
    const id = await asked();
    queries.settled('another', { kind: 'succeeded', result: 'other' });
    queries.settled(id, { kind: 'succeeded', result: 'all of them' });
    assert.deepEqual(await answer, { taken: 'all of them' });
    const [[queue, , data] = []] = jobs;
    assert.equal(queue, 'inspection');
    assert.match(id, /^query-[0-9a-f-]{36}$/);
    assert.equal(data?.signature, 'signed');
    assert.deepEqual(data?.params, { of: 'disks', password: { $secret: 0 } });
    assert.deepEqual(calls, ['keep 1', 'wipe', 'forget']);
  });

  it('fails with the error that its worker found', async () => {
    const { queries, asked, ask } = createWorld();
    const answer = ask();
    queries.settled(await asked(), { kind: 'failed', error: new DeviceNotFoundError('no disk').toWire() });
    await assert.rejects(answer, { name: 'DeviceNotFound', details: 'no disk' });
  });

  it('is waited for as long as whoever asks says', async () => {
    const { queries, asked } = createWorld({}, 10_000);
    const answer = queries.ask(question.name, {}, 20);
    await asked();
    await assert.rejects(answer, { name: 'QueryTimeoutError' });
  });

  it('is refused with parameters that it does not have, and nothing is asked', async () => {
    const { ask, jobs, calls } = createWorld();
    await assert.rejects(ask({ of: 5 }), { name: 'InvalidCommandParamsError' });
    await assert.rejects(ask([]), { name: 'InvalidContentError' });
    assert.deepEqual([jobs, calls], [[], []]);
  });

  it('is refused while redis is away, at once', async () => {
    const { ask, jobs } = createWorld({ isQueueThere: () => false });
    await assert.rejects(ask(), {
      name: 'QueueUnavailableError',
      message: /the question was not asked: redis is away/,
    });
    assert.deepEqual(jobs, []);
  });

  it('is given up where redis does not answer, so that nobody works for nobody', async () => {
    const { ask, calls } = createWorld({
      queues: { addPassing: () => never, takeBack: () => Promise.resolve(calls.push('take back') > 0) },
    });
    await assert.rejects(ask(), { name: 'QueueUnavailableError', message: /redis does not answer/ });
    await until(() => calls.includes('take back'), { withinMs: 2000, what: 'the end of it' });
    assert.deepEqual(calls.toSorted(), ['cancel', 'forget', 'keep 0', 'take back', 'wipe']);
  });

  it('is given up where no worker answers in time', async () => {
    const { ask, calls } = createWorld({}, 50);
    await assert.rejects(ask(), { name: 'QueryTimeoutError', kind: { ...timeoutKind } });
    await until(() => calls.includes('take back'), { withinMs: 2000, what: 'the end of it' });
  });

  it('is refused while two others are being answered, so that a conductor finds a place in the queue', async () => {
    const { queries, ask, asked } = createWorld();
    const first = ask();
    const firstId = await asked(1);
    const second = ask();
    const secondId = await asked(2);
    await assert.rejects(ask(), { name: 'AgentIsBusy' });
    queries.settled(firstId, { kind: 'succeeded', result: 1 });
    await first;
    const third = ask();
    const thirdId = await asked(3);
    for (const id of [secondId, thirdId]) queries.settled(id, { kind: 'succeeded', result: 2 });
    assert.deepEqual(await Promise.all([second, third]), [{ taken: 2 }, { taken: 2 }]);
  });
});

const timeoutKind = { type: 'QueryTimeoutError', code: 504, message: 'No answer in time', retry: 'safe' };
