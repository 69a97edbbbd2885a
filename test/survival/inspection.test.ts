import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type AgentOptions, type RunningAgent, startAgent } from '../support/agent.ts';
import { type StandInIronic, type StandInIronicOptions, startStandInIronic } from '../support/stand-in-ironic.ts';
import { until } from '../support/until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function inspected(
  options: StandInIronicOptions,
  args: readonly string[],
  more: AgentOptions = {},
): Promise<{ ironic: StandInIronic; agent: RunningAgent; asked: () => readonly string[] }> {
  const ironic = await startStandInIronic({ heartbeatTimeout: 3, ...options });
  cleanups.push(() => ironic.close());
  const agent = await startAgent({
    ironic,
    args: ['--inspection-collectors', 'default', '--inspection-dhcp-wait-timeout', '1', ...args],
    ...more,
  });
  cleanups.unshift(() => agent.stop());
  return { ironic, agent, asked: () => ironic.requests.map(({ method, path }) => `${method} ${path}`) };
}

const heartbeat = (ironic: StandInIronic): string => `POST /v1/heartbeat/${ironic.node.uuid}`;

async function killedApi(ironic: StandInIronic, agent: RunningAgent): Promise<void> {
  await until(() => ironic.lastHeartbeat, { withinMs: 15_000, what: 'the first heartbeat' });
  const next = ironic.nextHeartbeat();
  await agent.kill('api');
  assert.equal((await next).agent_token, ironic.token);
}

describe('an agent that inspects its machine', () => {
  it('takes the answer of a new Ironic for the lookup, and asks neither again when its api was killed', async () => {
    const { ironic, agent, asked } = await inspected({ apiVersion: '1.115' }, [
      '--inspection-collectors',
      'default,logs',
    ]);
    await killedApi(ironic, agent);
    const said = asked();
    assert.deepEqual(said.slice(0, 3), ['GET /', 'POST /v1/continue_inspection', heartbeat(ironic)]);
    assert.equal(said.filter((each) => each.endsWith('/continue_inspection') || each.includes('/lookup')).length, 1);
    assert.equal((await agent.post('standby.get_partition_uuids')).status, 200);

    const posted = ironic.requests.find(({ path }) => path === '/v1/continue_inspection');
    const { inventory, configuration, logs, error, ...rest } = (posted?.body ?? {}) as Record<string, unknown>;
    assert.equal(error, null);
    assert.ok((inventory as { interfaces: readonly object[] }).interfaces.length > 0);
    assert.deepEqual((configuration as { collectors: unknown }).collectors, ['default', 'logs']);
    assert.ok((configuration as { managers: readonly object[] }).managers.length > 0);
    assert.ok(gunzipSync(Buffer.from(String(logs), 'base64')).includes('ustar'));
    assert.deepEqual(Object.keys(rest), ['boot_interface']);
  });

  it('looks up the node that an old Ironic names, and inspects once when its api was killed', async () => {
    const { ironic, agent, asked } = await inspected({ apiVersion: '1.82' }, []);
    await killedApi(ironic, agent);
    assert.deepEqual(asked().slice(0, 4), [
      'GET /',
      'POST /v1/continue_inspection',
      'GET /v1/lookup',
      heartbeat(ironic),
    ]);
    assert.equal(asked().filter((each) => each.includes('/continue_inspection')).length, 1);
    const lookup = ironic.requests.find(({ path }) => path === '/v1/lookup');
    assert.equal(lookup?.query['node_uuid'], ironic.node.uuid);
  });

  it('looks its node up all the same when the inspection is refused, or when a collector failed', async () => {
    const ironic = await startStandInIronic({ apiVersion: '1.115' });
    cleanups.push(() => ironic.close());
    ironic.inspectionFaults.push(404);
    await using agent = await startAgent({ ironic, args: ['--inspection-collectors', 'default,nonsense'] });
    const paths = ironic.requests.map(({ path, status }) => `${path} ${status}`);
    assert.deepEqual(paths.slice(0, 3), ['/ 200', '/v1/continue_inspection 404', '/v1/lookup 200']);
    const { error, inventory } = (ironic.requests[1]?.body ?? {}) as { error?: string; inventory?: object };
    assert.match(
      error ?? '',
      /^The following errors were encountered:\n\* collector nonsense failed: no such collector/,
    );
    assert.ok(inventory);
    assert.match(agent.log, /InspectionError/);
  });

  it('posts to an inspector without an Ironic to look up at, and serves', async () => {
    const ironic = await startStandInIronic();
    cleanups.push(() => ironic.close());
    const callback = ['--inspection-callback-url', `${ironic.url}/v1/continue`, '--inspection-collectors', 'default'];
    await using agent = await startAgent({ args: callback, standalone: false });
    assert.deepEqual(
      ironic.requests.map(({ method, path }) => `${method} ${path}`),
      ['POST /v1/continue'],
    );
    assert.equal((await agent.post('standby.get_partition_uuids')).status, 200);
  });

  it('goes on to post as a daemon, the old way, without becoming a command', async () => {
    const ironic = await startStandInIronic({ apiVersion: '1.115' });
    cleanups.push(() => ironic.close());
    const daemon = ['--introspection-daemon', '--introspection-daemon-post-interval', '1'];
    const callback = ['--inspection-callback-url', `${ironic.url}/v1/continue`, '--inspection-collectors', 'default'];
    await using agent = await startAgent({ args: [...callback, ...daemon], standalone: false });
    await until(() => ironic.requests.length >= 3, { withinMs: 30_000, what: 'three posts' });
    assert.deepEqual([...new Set(ironic.requests.map(({ path }) => path))], ['/v1/continue']);
    assert.deepEqual(await agent.list(), []);
  });
});
