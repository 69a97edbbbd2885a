import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { redisOptions } from '../../../src/queue/connection.ts';
import { redisUser } from '../../../src/queue/redis-settings.ts';
import { type PrivateRedis, startPrivateRedis } from '../../support/private-redis.ts';

/** How many TCP sockets a process listens on: its sockets among those in state LISTEN (0A) of /proc/PID/net/tcp, proc(5). */
function tcpListeners(pid: number): number {
  const lines = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1),
  );
  const listening = lines.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === '0A');
  const inodes = new Set(listening.map((fields) => fields[9]));
  return openFiles(pid).filter((file) => inodes.has(/^socket:\[(\d+)\]$/.exec(file)?.[1])).length;
}

function openFiles(pid: number): readonly string[] {
  const dir = `/proc/${pid}/fd`;
  return readdirSync(dir).map((name) => readlinkSync(`${dir}/${name}`));
}

describe('the private redis-server', () => {
  let redis: PrivateRedis;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(async () => await redis[Symbol.asyncDispose]());

  it('listens on its socket and on no TCP port', () => {
    assert.equal(tcpListeners(redis.pid), 0);
    assert.equal(statSync(redis.state.redisSocket).mode & 0o777, 0o770);
    assert.equal(statSync(redis.state.root).mode & 0o777, 0o700);
  });

  it('keeps its settings and its users to root', () => {
    for (const file of [redis.state.redisConfig, redis.state.redisUsers, redis.state.redisPassword]) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    }
  });

  for (const [who, login] of [
    ['without a password', {}],
    ['as the default user', { username: 'default', password: '' }],
    ['with a wrong password', { username: redisUser, password: 'x' }],
  ] as const) {
    it(`answers nobody ${who}`, async () => {
      const client = new Redis({
        path: redis.state.redisSocket,
        ...login,
        retryStrategy: () => null,
        lazyConnect: true,
      });
      client.on('error', () => undefined);
      await assert.rejects(async () => {
        await client.connect();
        await client.get(redis.keys.commands);
      }, /NOAUTH|WRONGPASS|Connection is closed/);
      client.disconnect();
    });
  }

  it('lets the agent touch the keys of this boot and no others', async () => {
    const client = redis.client();
    const foreign = 'ironhand:55555555-1111-4222-8333-444444444444:commands';
    await client.hset(redis.keys.commands, 'a', '1');
    const attempts = [
      ['SET', 'x', '1'],
      ['HSET', foreign, 'a', '1'],
      ['HGETALL', foreign],
      ['RENAME', redis.keys.commands, 'x'],
      ['COPY', redis.keys.commands, foreign],
      ['EVAL', `return redis.call('SET', 'x', '1')`, '0'],
      ['EVAL', `return redis.call('GET', KEYS[1])`, '1', 'x'],
      ['PUBLISH', 'x', '1'],
      ['SUBSCRIBE', 'x'],
      ['XADD', 'x', '*', 'a', '1'],
    ] as const;
    for (const [command, ...args] of attempts) {
      await assert.rejects(
        client.call(command, ...args),
        /NOPERM|can't access at least one of the keys/,
        `${command} ${args}`,
      );
    }
  });

  it('refuses every command that could harm the server or leave it', async () => {
    const client = redis.client();
    const dangerous = [
      'FLUSHALL',
      'FLUSHDB',
      'SHUTDOWN',
      'CONFIG GET *',
      'CONFIG SET dir /tmp',
      'DEBUG SLEEP 1',
      'KEYS *',
      'MONITOR',
      'SAVE',
      'BGSAVE',
      'BGREWRITEAOF',
      'REPLICAOF 127.0.0.1 1',
      'SLAVEOF 127.0.0.1 1',
      'MIGRATE 127.0.0.1 1 x 0 1',
      'RESTORE x 0 x',
      'MODULE LOAD /tmp/x.so',
      'ACL SETUSER default on',
      'ACL LIST',
      'CLIENT LIST',
      'CLIENT KILL TYPE normal',
      'CLUSTER RESET',
      'SWAPDB 0 0',
      'FAILOVER',
      'LATENCY RESET',
      'SLOWLOG GET',
    ];
    for (const line of dangerous) {
      const [command = '', ...args] = line.split(' ');
      await assert.rejects(client.call(command, ...args), /NOPERM|(DEBUG|MODULE) command not allowed/, line);
    }
    assert.equal(await client.ping(), 'PONG');
  });

  it('permits all that BullMQ needs, from a job to its end', async () => {
    const options = { connection: redisOptions(redis.state, null, 'wait'), prefix: redis.keys.queues };
    const queue = new Queue('system', options);
    const worker = new Worker(
      'system',
      async (job) => {
        await job.updateProgress({ done: 1 });
        await job.log('line');
        return 'done';
      },
      options,
    );
    const ended = new Promise((resolve) => worker.on('completed', (_job, result) => resolve(result)));
    const job = await queue.add('x', {}, { jobId: 'a' });
    assert.equal(await ended, 'done');
    assert.deepEqual((await queue.getJobLogs('a')).logs, ['line']);
    assert.equal(await job.getState(), 'completed');
    await Promise.all([worker.close(), queue.close()]);
  });

  it('still knows after kill -9 what it has answered, transactions and scripts included', async () => {
    const client = redis.client();
    await client.hset(redis.keys.facts, 'plain', '1');
    await client.multi().hset(redis.keys.facts, 'transaction', '2').hset(redis.keys.owners, 'transaction', '2').exec();
    await client.eval(
      `redis.call('HSET', KEYS[1], 'script', '3'); redis.call('HSET', KEYS[2], 'script', '3')`,
      2,
      redis.keys.facts,
      redis.keys.owners,
    );
    await redis.kill();
    await redis.start();
    assert.deepEqual(await client.hgetall(redis.keys.facts), { plain: '1', transaction: '2', script: '3' });
    assert.deepEqual(await client.hgetall(redis.keys.owners), { transaction: '2', script: '3' });
  });
});
