import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AcceptedCommands } from '../../../src/queue/accepted-commands.ts';
import { createAgentState } from '../../../src/queue/facts.ts';
import { keysOf } from '../../../src/queue/keys.ts';
import {
  keepPublished,
  otherVersions,
  publishManagerReport,
  readManagerReports,
} from '../../../src/queue/manager-report.ts';
import { type PrivateRedis, startPrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/until.ts';

let redis: PrivateRedis;
before(async () => {
  redis = await startPrivateRedis();
});
after(async () => await redis[Symbol.asyncDispose]());

describe('the facts that the processes of a boot share', () => {
  it('are read by one as another wrote them last; unknown ones are null', async () => {
    const writer = createAgentState(redis.client(), redis.keys);
    const reader = createAgentState(redis.client(), redis.keys);
    assert.equal(await reader.read('node'), null);
    await writer.write('node', { uuid: 'a' });
    await writer.write('node', { uuid: 'b', properties: { root_device: { name: '/dev/sdé' } } });
    await writer.write('partitionUuids', { 'root uuid': 'c' });
    assert.deepEqual(await reader.read('node'), { uuid: 'b', properties: { root_device: { name: '/dev/sdé' } } });
    assert.deepEqual(await reader.read('partitionUuids'), { 'root uuid': 'c' });
    assert.equal(await reader.read('writtenImage'), null);
  });
});

describe('the reports of hardware managers', () => {
  it('are one a worker group; a restarted worker replaces its own', async () => {
    const client = redis.client();
    const report = (version: string) => ({
      versions: { generic: version },
      broken: [],
      stepQueues: { erase: 'erase' as const },
      unabortableSteps: [],
    });
    assert.deepEqual(await readManagerReports(client, redis.keys), []);
    await publishManagerReport(client, redis.keys, 'storage', report('1'));
    await publishManagerReport(client, redis.keys, 'system', report('2'));
    await publishManagerReport(client, redis.keys, 'storage', report('3'));
    const reports = await readManagerReports(client, redis.keys);
    assert.deepEqual(reports.map(({ versions }) => versions.generic).sort(), ['2', '3']);
    assert.deepEqual(reports[0]?.stepQueues, { erase: 'erase' });
  });

  it('differ where a group has other managers or versions, in whatever order they are', () => {
    const report = (versions: Record<string, string>) => ({
      versions,
      broken: [],
      stepQueues: {},
      unabortableSteps: [],
    });
    const own = report({ generic: '1', vendor: '2' });
    const newer = report({ generic: '1', vendor: '3' });
    const fewer = report({ generic: '1' });
    const sorted = report({ vendor: '2', generic: '1' });
    assert.deepEqual(otherVersions(own, [own, newer, fewer, sorted]), [newer.versions, fewer.versions]);
  });

  it('are told again to a Redis that was away and has forgotten them', async () => {
    await using own = await startPrivateRedis();
    const client = own.client();
    const report = {
      versions: { generic: '1' },
      broken: [],
      stepQueues: { erase: 'erase' as const },
      unabortableSteps: [],
    };
    const end = await keepPublished(client, own.keys, 'storage', report, (error) => assert.ifError(error));
    await own.kill();
    own.forget();
    await own.start();
    const published = async () => (await readManagerReports(client, own.keys)).length === 1;
    await until(published, { withinMs: 5000, what: 'the report' });
    assert.deepEqual(await readManagerReports(client, own.keys), [report]);
    end();
    assert.equal(client.listenerCount('ready'), 0);
  });
});

describe('the record of accepted commands', () => {
  const command = (sequence: number) =>
    ({ id: `id-${sequence}`, name: 'standby.sync', mode: 'sync', queue: 'system', sequence, label: 'sync' }) as const;

  it('is in the order of acceptance, beyond nine commands too', async () => {
    const accepted = new AcceptedCommands(redis.client(), redis.keys);
    for (const sequence of [3, 12, 1, 2, 10, 11]) await accepted.add(command(sequence));
    await accepted.remove('id-2');
    await accepted.remove('unknown');
    assert.deepEqual(
      (await accepted.all()).map(({ sequence }) => sequence),
      [1, 3, 10, 11, 12],
    );
  });
});

describe('the keys of a boot', () => {
  it('are different from each other and begin with the id of the boot', () => {
    const { workers, ...others } = keysOf('abc');
    const keys = [...Object.values(others), ...Object.values(workers)];
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.ok(key.startsWith('ironhand:abc:'), key);
  });
});
