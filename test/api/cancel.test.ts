import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import joi from 'joi';
import { type CancelDeps, Canceller } from '../../api/cancel.ts';
import { CommandList, type ListedCommand } from '../../api/command-list.ts';
import { type AnyCommand, defineCommand, type Handling } from '../../src/core/command.ts';
import type { AcceptedCommand } from '../../src/queue/accepted-commands.ts';
import type { JobClaim } from '../../src/queue/job-owner.ts';

const claim: JobClaim = { pid: 1, startTime: '1', pidNamespace: 'pid:[1]', starts: 1 };
const never = new Promise<never>(() => undefined);

function declaration(name: string, abortable: boolean, handling?: Handling): AnyCommand {
  return defineCommand<object>({
    name,
    summary: 'Test.',
    params: joi.object().unknown(),
    mode: 'async',
    handling: handling ?? { kind: 'fixed', queue: 'erase', replay: 'repeatable', progress: 'steps' },
    abortable,
    run: () => Promise.resolve(null),
  });
}

const catalogue = new Map(
  [
    declaration('test.abortable', true),
    declaration('test.fixed', false),
    declaration('test.step', true, { kind: 'as-step', process: 'clean' }),
  ].map((command) => [command.name, command]),
);

/** A list with one running command, and what was done to cancel it. */
function createWorld(name: string, change: Partial<CancelDeps> = {}) {
  const calls: string[] = [];
  const list = new CommandList(
    () => '',
    () => undefined,
  );
  list.add({ id: 'a', name, mode: 'async', queue: 'erase', sequence: 1, label: name.slice(5) });
  const canceller = new Canceller({
    list,
    catalogue,
    accepted: {
      add: ({ ended }: AcceptedCommand) => Promise.resolve(void calls.push(ended ? 'record the end' : 'record')),
    },
    queues: { takeBack: () => Promise.resolve(calls.push('take back') > 0) },
    owners: { of: () => Promise.resolve(null) },
    cancellations: { request: () => Promise.resolve(void calls.push('mark')) },
    isQueueThere: () => true,
    findOut: () => void calls.push('find out'),
    isAbortableStep: () => Promise.resolve(true),
    ...change,
  });
  const entry = (): ListedCommand => list.get('a') ?? assert.fail('the command is not listed');
  return { canceller, calls, list, entry, cancel: () => canceller.cancel(entry()) };
}

const errorOf = ({ outcome }: ListedCommand): unknown => outcome.kind === 'failed' && outcome.error.type;

describe('cancelling a command', () => {
  it('ends it at once where no worker has begun it; its end is on record before its job is gone', async () => {
    const { cancel, calls } = createWorld('test.abortable');
    assert.equal(errorOf(await cancel()), 'CommandCancelledError');
    assert.deepEqual(calls, ['mark', 'record the end', 'take back']);
  });

  it('leaves it to the worker that has begun it', async () => {
    const { cancel, calls } = createWorld('test.abortable', { owners: { of: () => Promise.resolve(claim) } });
    assert.equal((await cancel()).outcome.kind, 'running');
    assert.deepEqual(calls, ['mark']);
  });

  it('leaves it to the worker that takes it at the same moment, and to nobody says that it has ended', async () => {
    const { cancel, calls } = createWorld('test.abortable', { queues: { takeBack: () => Promise.resolve(false) } });
    assert.equal((await cancel()).outcome.kind, 'running');
    assert.deepEqual(calls, ['mark', 'record the end', 'record']);
  });

  it('may be asked for twice', async () => {
    const { cancel, calls } = createWorld('test.step', { owners: { of: () => Promise.resolve(claim) } });
    for (const _round of [1, 2]) assert.equal((await cancel()).outcome.kind, 'running');
    assert.deepEqual(calls, ['mark', 'mark']);
  });

  it('is refused for one that has ended', async () => {
    const { cancel, calls, list } = createWorld('test.abortable');
    list.settle('a', { kind: 'succeeded', result: null });
    await assert.rejects(cancel, { name: 'CommandNotCancellableError', message: /: abortable has ended$/ });
    assert.deepEqual(calls, []);
  });

  for (const [what, name, change] of [
    ['a command', 'test.fixed', {}],
    ['a step', 'test.step', { isAbortableStep: () => Promise.resolve(false) }],
  ] as const) {
    it(`is refused for ${what} that cannot be interrupted`, async () => {
      const { cancel, calls } = createWorld(name, change);
      const message = /^Command cannot be cancelled: \w+ cannot be interrupted; it goes on$/;
      await assert.rejects(cancel, { name: 'CommandNotCancellableError', message });
      assert.deepEqual(calls, []);
    });
  }

  for (const [what, change, message] of [
    ['is away', { isQueueThere: () => false }, /the command was not cancelled: redis is away/],
    [
      'does not answer',
      { cancellations: { request: () => never } },
      /it is not known whether the command was cancelled/,
    ],
    ['fails', { cancellations: { request: () => Promise.reject(new Error('EPIPE')) } }, /not known .*: EPIPE/],
  ] as const satisfies readonly (readonly [string, Partial<CancelDeps>, RegExp])[]) {
    it(`answers that nobody knows, or nothing was done, where Redis ${what}`, async () => {
      const { cancel, entry } = createWorld('test.abortable', change);
      await assert.rejects(cancel, { name: 'QueueUnavailableError', message });
      assert.equal(entry().outcome.kind, 'running');
    });
  }

  it('is done when it is marked, though Redis dies then', async () => {
    const { cancel, calls } = createWorld('test.abortable', { queues: { takeBack: () => never } });
    assert.equal((await cancel()).outcome.kind, 'running');
    assert.deepEqual(calls, ['mark', 'record the end', 'find out']);
  });
});
