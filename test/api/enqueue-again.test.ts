import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { NoTurnError } from '../../src/errors/catalogue.ts';
import { command, createEnqueuer, request, succeeded } from './enqueuer-world.ts';

describe('the enqueuer, asked the same again', () => {
  const same = (params: object = { of: 'same' }) => request('async', params);

  it('answers with the command that runs, and with the one that has ended', async () => {
    const { enqueuer, list, jobs } = createEnqueuer();
    const first = await enqueuer.enqueue(same());
    const second = await enqueuer.enqueue(same());
    list.settle(first.command.id, succeeded);
    const third = await enqueuer.enqueue(same());
    assert.deepEqual([second.command.id, third.command.id], [first.command.id, first.command.id]);
    assert.deepEqual(third.outcome, succeeded);
    assert.equal(jobs.length, 1);
  });

  it('answers also while Redis is away', async () => {
    let isThere = true;
    const { enqueuer } = createEnqueuer({ isQueueThere: () => isThere });
    const first = await enqueuer.enqueue(same());
    isThere = false;
    assert.equal((await enqueuer.enqueue(same())).command.id, first.command.id);
  });

  it('runs it when another command came between', async () => {
    const { enqueuer, list, jobs } = createEnqueuer();
    for (const next of [same(), request(), same()]) {
      list.settle((await enqueuer.enqueue(next)).command.id, succeeded);
    }
    assert.equal(jobs.length, 3);
  });

  it('runs a synchronous command that can be repeated, but joins it while it runs', async () => {
    const { enqueuer, list, jobs } = createEnqueuer();
    const both = [enqueuer.enqueue(request('sync', {})), enqueuer.enqueue(request('sync', {}))];
    await sleep(5);
    list.settle(list.last()?.command.id ?? '', succeeded);
    const [one, other] = await Promise.all(both);
    assert.equal(one?.command.id, other?.command.id);
    void enqueuer.enqueue(request('sync', {}));
    await sleep(5);
    assert.equal(jobs.length, 2);
  });
});

describe('the enqueuer with a command that must not be told that the agent is busy', () => {
  const patient = () => ({ ...request('sync'), command: { ...command('sync'), whenBusy: 'wait' as const } });

  it('lets it wait for the end of an asynchronous one', async () => {
    const { enqueuer, list } = createEnqueuer();
    const running = await enqueuer.enqueue(request());
    const waiting = enqueuer.enqueue(patient());
    await sleep(20);
    assert.equal(list.all().length, 1);
    list.settle(running.command.id, succeeded);
    await sleep(5);
    list.settle(list.last()?.command.id ?? '', succeeded);
    assert.equal((await waiting).outcome.kind, 'succeeded');
    assert.equal(list.all().length, 2);
  });

  it('says that its turn did not come, in words that are not taken for busy', async () => {
    const { enqueuer, list } = createEnqueuer({}, 30);
    await enqueuer.enqueue(request());
    await assert.rejects(enqueuer.enqueue(patient()), (error) => {
      assert.ok(error instanceof NoTurnError);
      assert.equal(error.kind.code, 503);
      assert.doesNotMatch(`${error.kind.message}: ${error.details}`, /busy/i);
      return true;
    });
    assert.equal(list.all().length, 1);
  });
});
