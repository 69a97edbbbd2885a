import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CommandList, type ListedCommand } from '../../api/command-list.ts';
import type { AcceptedCommand } from '../../src/queue/accepted-commands.ts';
import type { JobOutcome } from '../../src/queue/command-queues.ts';

const succeeded: JobOutcome = { kind: 'succeeded', result: null };
const failed: JobOutcome = {
  kind: 'failed',
  error: { type: 'InterruptedError', code: 500, message: 'Command was interrupted', details: '-' },
};
const progress = { phase: 'write', done: 1, total: 2, unit: 'bytes', rate: 1, eta: 1 } as const;

function command(id: string, sequence = 1): AcceptedCommand {
  return { id, name: 'clean.get_clean_steps', mode: 'sync', queue: 'system', sequence, label: id };
}

function createList() {
  const settled: string[] = [];
  let renderings = 0;
  const list = new CommandList(
    (entry: ListedCommand) => {
      renderings++;
      return JSON.stringify({ id: entry.command.id, kind: entry.outcome.kind });
    },
    ({ command: { id } }) => settled.push(id),
  );
  return { list, settled, renderings: () => renderings };
}

describe('the command list', () => {
  it('is empty at first, and says so in JSON', () => {
    const { list } = createList();
    assert.equal(list.body().toString(), '{"commands": []}');
    assert.equal(list.last(), undefined);
    assert.equal(list.nextSequence(), 1);
  });

  it('keeps the order in which commands came, and the last one decides', () => {
    const { list } = createList();
    list.add(command('b', 1));
    list.add(command('a', 2));
    list.settle('b', succeeded);
    assert.deepEqual(
      list.all().map((entry) => entry.command.id),
      ['b', 'a'],
    );
    assert.equal(list.last()?.command.id, 'a');
    assert.equal(list.nextSequence(), 3);
    assert.deepEqual(JSON.parse(list.body().toString()), {
      commands: [
        { id: 'b', kind: 'succeeded' },
        { id: 'a', kind: 'running' },
      ],
    });
  });

  it('takes only the first end of a command, and tells of it once', () => {
    const { list, settled } = createList();
    list.add(command('a'));
    list.settle('a', succeeded);
    list.settle('a', failed);
    list.update('a', failed);
    list.progress('a', progress);
    list.add(command('a'));
    assert.deepEqual(list.get('a')?.outcome, succeeded);
    assert.deepEqual(settled, ['a']);
  });

  it('ignores news of commands that it does not have', () => {
    const { list, settled } = createList();
    list.settle('x', succeeded);
    list.progress('x', progress);
    list.update('x', failed);
    list.remove('x');
    assert.deepEqual([list.all(), settled], [[], []]);
  });

  it('takes back a command, and the one before is the last again', () => {
    const { list } = createList();
    list.add(command('a', 1));
    list.add(command('b', 2));
    list.remove('b');
    assert.equal(list.last()?.command.id, 'a');
    assert.equal(list.body().toString().includes('"b"'), false);
  });

  it('wakes everybody who waits for the end of a command, also who asks afterwards', async () => {
    const { list } = createList();
    list.add(command('a'));
    const waiting = [list.settled('a'), list.settled('a')];
    list.update('a', { kind: 'running', progress });
    list.settle('a', succeeded);
    for (const entry of await Promise.all([...waiting, list.settled('a')])) assert.deepEqual(entry.outcome, succeeded);
  });

  it('renders a command anew only when it has changed', () => {
    const { list, renderings } = createList();
    for (const id of ['a', 'b', 'c']) list.add(command(id));
    list.body();
    list.body();
    assert.equal(renderings(), 3);
    list.progress('b', progress);
    list.body();
    assert.equal(renderings(), 4);
  });

  it('tells the same as the entries themselves after any sequence of news', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const news = fc.oneof(
      id.map((name) => (list: CommandList) => list.add(command(name, list.nextSequence()))),
      id.map((name) => (list: CommandList) => list.progress(name, progress)),
      id.map((name) => (list: CommandList) => list.settle(name, succeeded)),
      id.map((name) => (list: CommandList) => list.update(name, failed)),
      id.map((name) => (list: CommandList) => list.remove(name)),
      fc.constant((list: CommandList) => void list.body()),
    );
    fc.assert(
      fc.property(fc.array(news, { maxLength: 20 }), (all) => {
        const { list } = createList();
        for (const one of all) one(list);
        const told = JSON.parse(list.body().toString()) as { commands: unknown[] };
        assert.deepEqual(
          told.commands,
          list.all().map((entry) => ({ id: entry.command.id, kind: entry.outcome.kind })),
        );
        assert.equal(list.last()?.command.id, list.all().at(-1)?.command.id);
        assert.ok(list.running().every(({ outcome }) => outcome.kind === 'running'));
      }),
    );
  });
});
