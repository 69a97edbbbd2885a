import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CommandQueues } from '../../../src/queue/command-queues.ts';
import { startPrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/until.ts';

suite('command queues', () => {
  test('take jobs although Redis was too slow to answer when they were made', async () => {
    await using redis = await startPrivateRedis();
    const client = redis.client('fail-fast');
    await until(() => client.status === 'ready', { withinMs: 10_000, what: 'connection' });
    const info = client.info.bind(client);
    let isSlow = true;
    client.info = (() => (isSlow ? Promise.reject(new Error('Command timed out')) : info())) as typeof client.info;
    const queues = new CommandQueues(client, redis.keys);
    const data = { command: 'standby.sync' } as Parameters<CommandQueues['add']>[2];
    await assert.rejects(queues.add('image', 'first', data), /timed out/);
    isSlow = false;
    await until(
      () =>
        queues.add('image', 'second', data).then(
          () => true,
          () => false,
        ),
      {
        withinMs: 10_000,
        what: 'a job that is taken',
      },
    );
    assert.equal((await queues.outcome('image', 'second'))?.kind, 'running');
    await queues.close();
  });
});
