import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandList } from '../../api/command-list.ts';
import { catchUp, listInterrupted, readList } from '../../api/recover.ts';
import { CommandCancelledError } from '../../src/errors/catalogue.ts';
import type { AcceptedCommand } from '../../src/queue/accepted-commands.ts';
import type { JobOutcome } from '../../src/queue/command-queues.ts';

const running: JobOutcome = { kind: 'running', progress: null };
const succeeded: JobOutcome = { kind: 'succeeded', result: 1 };

function command(id: string, sequence: number): AcceptedCommand {
  return { id, name: 'test.command', mode: 'async', queue: 'image', sequence, label: 'command' };
}

function createWorld(records: readonly AcceptedCommand[], outcomes: Readonly<Record<string, JobOutcome>>) {
  const kept = new Map(records.map((record) => [record.id, record]));
  const list = new CommandList(
    ({ command: { id }, outcome }) => `${id} ${outcome.kind}`,
    () => undefined,
  );
  const accepted = {
    all: () => Promise.resolve([...kept.values()]),
    add: (record: AcceptedCommand) => Promise.resolve(void kept.set(record.id, record)),
    remove: (id: string) => Promise.resolve(void kept.delete(id)),
  };
  const queues = { outcome: (_queue: string, id: string) => Promise.resolve(outcomes[id] ?? null) };
  const texts = (): string[] => list.all().map((entry) => list.text(entry).toString());
  return { list, accepted, queues, kept, texts };
}

describe('reading the list at the start', () => {
  it('takes what Redis holds, in the order of acceptance, and takes back a record without a job', async () => {
    const world = createWorld([command('a', 1), command('b', 2), command('c', 3)], { a: succeeded, c: running });
    await readList(world.list, world.accepted, world.queues);
    assert.deepEqual(world.texts(), ['a succeeded', 'c running']);
    assert.deepEqual([...world.kept.keys()], ['a', 'c']);
  });

  it('shows a command whose job is gone as its record says that it ended', async () => {
    const world = createWorld([{ ...command('a', 1), ended: succeeded }], {});
    await readList(world.list, world.accepted, world.queues);
    assert.deepEqual(world.texts(), ['a succeeded']);
  });
});

describe('a step that the restart of the machine cut off', () => {
  const step = { process: 'clean', step: 'erase_devices' } as const;

  it('is listed as failed, and on record, so that the next start finds it', async () => {
    const world = createWorld([], {});
    await listInterrupted(step, 'erase', world);
    const [entry] = world.list.all();
    assert.equal(entry?.command.name, 'clean.execute_clean_step');
    assert.equal(entry?.outcome.kind === 'failed' && entry.outcome.error.type, 'InterruptedError');
    assert.match(entry?.outcome.kind === 'failed' ? entry.outcome.error.details : '', /erase_devices.*restarted/);
    const after = createWorld([...world.kept.values()], {});
    await readList(after.list, after.accepted, after.queues);
    assert.deepEqual(after.texts(), world.texts());
  });

  it('is not listed behind a command of this boot, nor when no worker knows it', async () => {
    const world = createWorld([], {});
    await listInterrupted(step, undefined, world);
    assert.deepEqual(world.texts(), []);
    world.list.add(command('a', 1), succeeded);
    await listInterrupted(step, 'erase', world);
    assert.deepEqual(world.texts(), ['a succeeded']);
    assert.equal(world.kept.size, 0);
  });
});

describe('catching up after Redis was away', () => {
  it('ends what has ended meanwhile, and as interrupted what Redis has lost', async () => {
    const world = createWorld([command('a', 1), command('b', 2), command('c', 3)], { a: succeeded, b: running });
    for (const id of ['a', 'b', 'c']) world.list.add(command(id, 1));
    await catchUp(world.list, world.accepted, world.queues, () => false);
    assert.deepEqual(world.texts(), ['a succeeded', 'b running', 'c failed']);
    const lost = world.list.get('c')?.outcome;
    assert.equal(lost?.kind === 'failed' && lost.error.type, 'InterruptedError');
  });

  it('ends as its record says what was taken back from its queue', async () => {
    const ended = { kind: 'failed', error: new CommandCancelledError('it had not begun').toWire() } as const;
    const world = createWorld([{ ...command('a', 1), ended }], {});
    world.list.add(command('a', 1));
    await catchUp(world.list, world.accepted, world.queues, () => false);
    assert.deepEqual(world.list.get('a')?.outcome, ended);
  });

  it('leaves alone what is just being accepted', async () => {
    const world = createWorld([], {});
    world.list.add(command('a', 1));
    await catchUp(world.list, world.accepted, world.queues, () => true);
    assert.deepEqual(world.texts(), ['a running']);
  });

  it('gives its records back to a Redis that lost its data, so that no restart shows an empty list', async () => {
    const before = createWorld([], {});
    before.list.add(command('a', 1));
    before.list.settle('a', succeeded);
    await catchUp(before.list, before.accepted, before.queues, () => false);
    const after = createWorld([...before.kept.values()], {});
    await readList(after.list, after.accepted, after.queues);
    assert.deepEqual(after.texts(), ['a succeeded']);
  });
});
