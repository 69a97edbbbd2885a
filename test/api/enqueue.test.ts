import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentIsBusyError, QueueUnavailableError } from '../../src/errors/catalogue.ts';
import { command, createEnqueuer, request } from './enqueuer-world.ts';

const never = new Promise<never>(() => undefined);

describe('the enqueuer', () => {
  it('keeps the secrets, then the record, then the job', async () => {
    const { enqueuer, list, calls, jobs, kept } = createEnqueuer();
    const params = { image_info: { id: 'a', image_server_password: 'hush' }, configdrive: 'drive' };
    const { outcome } = await enqueuer.enqueue(request('async', params));
    assert.deepEqual(outcome, { kind: 'running', progress: null });
    assert.deepEqual(calls, ['keep', 'record', 'queue']);
    assert.deepEqual(kept, [['hush', 'drive']]);
    const { params: sent } = jobs[0] as { params: unknown };
    assert.deepEqual(sent, {
      image_info: { id: 'a', image_server_password: { $secret: 0 } },
      configdrive: { $secret: 1 },
    });
    assert.equal(list.all().length, 1);
  });

  it('refuses a second command while the first runs, and takes it afterwards', async () => {
    const { enqueuer, list } = createEnqueuer();
    const first = await enqueuer.enqueue(request());
    await assert.rejects(enqueuer.enqueue(request()), AgentIsBusyError);
    list.settle(first.command.id, { kind: 'succeeded', result: null });
    const second = await enqueuer.enqueue(request());
    assert.deepEqual([first.command.sequence, second.command.sequence], [1, 2]);
  });

  it('accepts one of many that come at once', async () => {
    const { enqueuer, list } = createEnqueuer();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => enqueuer.enqueue(request())));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(list.all().length, 1);
  });

  it('answers a synchronous command when it has ended, and lets the next one wait for that', async () => {
    const { enqueuer, list } = createEnqueuer();
    const [first, second] = [enqueuer.enqueue(request('sync')), enqueuer.enqueue(request('async'))];
    await sleep(5);
    assert.equal(list.all().length, 1);
    list.settle(list.last()?.command.id ?? '', { kind: 'succeeded', result: 1 });
    assert.deepEqual((await first).outcome, { kind: 'succeeded', result: 1 });
    assert.equal((await second).outcome.kind, 'running');
  });
});

describe('the enqueuer without Redis', () => {
  const isUnavailable = (error: unknown): boolean => error instanceof QueueUnavailableError && error.kind.code === 503;

  it('refuses before it does anything, also while a synchronous command waits', async () => {
    let isThere = true;
    const { enqueuer, calls } = createEnqueuer({ isQueueThere: () => isThere });
    const waiting = enqueuer.enqueue(request('sync'));
    waiting.catch(() => undefined);
    await sleep(5);
    isThere = false;
    calls.length = 0;
    await assert.rejects(enqueuer.enqueue(request()), isUnavailable);
    assert.deepEqual(calls, []);
  });

  it('leaves nothing behind when the record is refused', async () => {
    const accepted = { add: () => Promise.reject(new Error('no memory')), remove: () => Promise.resolve() };
    const { enqueuer, list, calls } = createEnqueuer({ accepted });
    await assert.rejects(enqueuer.enqueue(request()), isUnavailable);
    assert.deepEqual(list.all(), []);
    assert.deepEqual(calls, ['keep', 'wipe']);
  });

  it('takes back a record that is written after it has given up', async () => {
    const written = Promise.withResolvers<void>();
    const removed: string[] = [];
    const accepted = {
      add: () => written.promise,
      remove: (id: string) => Promise.resolve(void removed.push(id)),
    };
    const { enqueuer, list } = createEnqueuer({ accepted });
    await assert.rejects(enqueuer.enqueue(request()), isUnavailable);
    assert.deepEqual([list.all(), removed], [[], []]);
    written.resolve();
    await sleep(1);
    assert.equal(removed.length, 1);
  });

  it('leaves nothing behind when the queue refuses the job', async () => {
    const { enqueuer, list, calls } = createEnqueuer({ queues: { add: () => Promise.reject(new Error('no memory')) } });
    await assert.rejects(enqueuer.enqueue(request()), isUnavailable);
    assert.deepEqual(list.all(), []);
    assert.deepEqual(calls, ['keep', 'record', 'take back', 'wipe']);
  });

  it('counts a command as accepted when nobody knows whether its job is in the queue', async () => {
    let isThere = true;
    const dying = () => {
      isThere = false;
      return Promise.reject(new Error('Connection is closed.'));
    };
    for (const add of [() => never, dying]) {
      isThere = true;
      const { enqueuer, list, calls } = createEnqueuer({ queues: { add }, isQueueThere: () => isThere });
      const entry = await enqueuer.enqueue(request());
      assert.equal(entry.outcome.kind, 'running');
      assert.equal(list.last()?.command.id, entry.command.id);
      assert.equal(enqueuer.isAccepting(entry.command.id), false);
      assert.deepEqual(calls, ['keep', 'record', 'find out']);
    }
  });

  it('gives up on a Redis that does not say in which queue a step belongs', async () => {
    const { enqueuer, calls } = createEnqueuer({ stepQueue: () => never });
    const asStep = { ...command('async'), handling: { kind: 'as-step', process: 'clean' } } as const;
    await assert.rejects(enqueuer.enqueue({ command: asStep, params: { step: { step: 'x' } } }), isUnavailable);
    assert.deepEqual(calls, ['wipe']);
  });
});

describe('the enqueuer before the workers have said which steps they have', () => {
  const step = {
    command: { ...command('async'), handling: { kind: 'as-step', process: 'clean' } },
    params: { step: { step: 'x' } },
  } as const;

  it('accepts a step when they have, and other commands at once', async () => {
    let areKnown = false;
    const { enqueuer, list, calls } = createEnqueuer({ areStepsKnown: () => Promise.resolve(areKnown) });
    const waiting = enqueuer.enqueue(step);
    await sleep(20);
    assert.deepEqual(calls, []);
    const other = await enqueuer.enqueue(request());
    list.settle(other.command.id, { kind: 'succeeded', result: null });
    areKnown = true;
    const { command: accepted } = await waiting;
    assert.deepEqual([accepted.label, accepted.queue, accepted.sequence], ['x', 'erase', 2]);
  });

  it('gives up on workers that do not come', async () => {
    const { enqueuer, calls } = createEnqueuer({ areStepsKnown: () => Promise.resolve(false) }, 50);
    await assert.rejects(
      enqueuer.enqueue(step),
      (error: unknown) => error instanceof QueueUnavailableError && /workers have not said yet/.test(String(error)),
    );
    assert.deepEqual(calls, []);
  });

  it('gives up at once on a Redis that does not answer', async () => {
    const { enqueuer, calls } = createEnqueuer({
      areStepsKnown: () => Promise.reject(new Error('redis does not answer')),
    });
    await assert.rejects(
      enqueuer.enqueue(step),
      (error: unknown) => error instanceof QueueUnavailableError && /redis does not answer/.test(String(error)),
    );
    assert.deepEqual(calls, []);
  });
});

describe('the enqueuer behind a synchronous command', () => {
  it('waits for its end, and then accepts', async () => {
    const { enqueuer, list } = createEnqueuer();
    const sync = enqueuer.enqueue(request('sync'));
    await sleep(5);
    const next = enqueuer.enqueue(request());
    await sleep(20);
    assert.equal(list.all().length, 1);
    list.settle(list.last()?.command.id ?? '', { kind: 'succeeded', result: null });
    assert.equal((await sync).outcome.kind, 'succeeded');
    assert.equal((await next).outcome.kind, 'running');
    assert.equal(list.all().length, 2);
  });

  it('says that the agent is busy when it does not end in time', async () => {
    const { enqueuer, list } = createEnqueuer({}, 30);
    void enqueuer.enqueue(request('sync'));
    await sleep(5);
    await assert.rejects(enqueuer.enqueue(request()), AgentIsBusyError);
    assert.equal(list.all().length, 1);
  });

  it('accepts nothing for a client that has hung up while it waited', async () => {
    const { enqueuer, list } = createEnqueuer();
    const sync = enqueuer.enqueue(request('sync'));
    await sleep(5);
    let isGone = false;
    const next = enqueuer.enqueue(request(), () => isGone);
    isGone = true;
    list.settle(list.last()?.command.id ?? '', { kind: 'succeeded', result: null });
    await sync;
    await assert.rejects(next, AgentIsBusyError);
    assert.equal(list.all().length, 1);
  });
});
