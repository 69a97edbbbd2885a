import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AcceptedCommands } from '../../../src/queue/accepted-commands.ts';
import { CommandQueues } from '../../../src/queue/command-queues.ts';
import { commandRecords } from '../../../src/queue/command-records.ts';
import { startPrivateRedis } from '../../support/private-redis.ts';

it('knows the commands of this boot in their order: those in a queue, those that ended elsewhere, those that are lost', async () => {
  await using redis = await startPrivateRedis();
  const client = redis.client();
  const accepted = new AcceptedCommands(client, redis.keys);
  const queues = new CommandQueues(client, redis.keys);
  const command = { name: 'standby.sync', mode: 'sync', queue: 'system', label: 'sync' } as const;
  const error = { type: 'InterruptedError', code: 500, message: 'm', details: 'd' };
  await accepted.add({ ...command, id: 'lost', sequence: 3 });
  await accepted.add({ ...command, id: 'ended', sequence: 2, ended: { kind: 'failed', error } });
  await accepted.add({ ...command, id: 'waits', sequence: 1 });
  const before = Date.now();
  await queues.add('system', 'waits', { command: 'standby.sync', params: {}, acceptedAt: '', signature: '' });

  const [waits, ended, lost] = await commandRecords(client, redis.keys).all();
  assert.deepEqual([waits?.id, waits?.status, waits?.began_at, waits?.ended_at], ['waits', 'RUNNING', null, null]);
  assert.ok(Date.parse(waits?.accepted_at ?? '') >= before - 1);
  assert.deepEqual([ended?.status, ended?.error], ['FAILED', error]);
  assert.deepEqual([lost?.status, lost?.accepted_at], ['LOST', null]);
  assert.deepEqual(await commandRecords(client, redis.keys).log({ queue: 'system', id: 'waits' }), []);
});
