import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { queueNames } from '../../src/core/queue-name.ts';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { AgentQueue } from '../support/agent-queue.ts';
import { canary, LeakSearch } from '../support/canary.ts';
import { gptImage } from '../support/gpt-image.ts';
import { httpRequest } from '../support/http-request.ts';
import { createImageServer, type ImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { type StandInIronic, startStandInIronic } from '../support/stand-in-ironic.ts';
import { smallNode } from '../support/step-request.ts';
import { until } from '../support/until.ts';
import { bytesOf, sha256 } from '../support/written-disk.ts';

const MiB = 2 ** 20;
const driveContent = canary('drive-content');
/** base64 of gzip, as on the wire: it is recognised by its middle, and by what it holds. */
const drive = gzipSync(Buffer.concat([Buffer.alloc(32 * 1024), Buffer.from(`\x01CD001\x01 ${driveContent}`)])).toString(
  'base64',
);
const secrets = {
  token: canary('token'),
  password: canary('server-password'),
  authorization: canary('authorization'),
  signature: canary('url-signature'),
  userinfo: canary('userinfo'),
  proxy: canary('proxy'),
  bmc: canary('bmc'),
  driveOnTheWire: drive.slice(20, 60),
  driveContent,
};
const user = 'reader';
const basic = `Basic ${Buffer.from(`${user}:${secrets.password}`).toString('base64')}`;
const bearer = `Bearer ${secrets.authorization}`;
const withPassword = {
  image_server_auth_strategy: 'http_basic',
  image_server_user: user,
  image_server_password: secrets.password,
};
const image = gptImage({ sizeBytes: 24 * MiB });
/** Slow enough that a running deployment can be looked at. */
const bytesPerSecond = 16 * MiB;

const leaks = new LeakSearch(secrets);
let ironic: StandInIronic;
let server: ImageServer;
let disk: LoopDevice;
let agent: RunningAgent;
let queue: AgentQueue;
const deployments: WireCommand[] = [];

const open = new AsyncDisposableStack();

before(async () => {
  ironic = await startStandInIronic({ token: secrets.token });
  open.defer(() => ironic.close());
  server = open.use(await createImageServer());
  disk = open.use(await createLoopDevice({ sizeBytes: 32 * MiB }));
  agent = open.use(await startAgent({ ironic, devices: [disk.path], args: ['--dashboard', 'yes'] }));
  queue = open.use(new AgentQueue(agent));
  await until(() => ironic.lastHeartbeat, { withinMs: 10_000, what: 'the first heartbeat' });
});

after(() => open.disposeAsync());

interface Deployment {
  readonly url: string;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly configdrive?: string;
}

/** Starts a deployment as a conductor does, looks everywhere while it runs, and gives it when it has ended. */
async function deploy({ url, info = {}, configdrive }: Deployment): Promise<WireCommand> {
  const imageInfo = { id: 'disk.raw', urls: [url], checksum: sha256(image), disk_format: 'raw', ...info };
  const args = { image_info: imageInfo, configdrive: configdrive ?? null };
  const node = {
    ...smallNode,
    properties: { root_device: { name: disk.path } },
    instance_info: { configdrive: configdrive ?? null, image_source: url },
    driver_info: { redfish_password: secrets.bmc },
    driver_internal_info: { agent_secret_token: secrets.token },
  };
  const request = { step: { step: 'write_image', interface: 'deploy', args }, node, ports: [] };
  const { id } = await agent.accepted('deploy.execute_deploy_step', request);
  const ending = agent.ended(id, 60_000);
  let over = false;
  const end = (): void => {
    over = true;
  };
  ending.then(end, end);
  while (!over) {
    await lookAround('running');
    // Programs are short: they are looked for much more often.
    for (let look = 0; look < 10; look += 1) {
      await sleep(10);
      leaks.searchProcesses(agent.launcherPid);
    }
  }
  const command = await ending;
  deployments.push(command);
  return command;
}

/** Where secrets may be by design, as long as nobody but root can read it. */
const rootOnly: Readonly<Record<string, readonly string[]>> = { 'api/identity.json': ['token'] };

async function lookAround(when: string): Promise<void> {
  leaks.searchProcesses(agent.launcherPid);
  leaks.search('redis', when, await queue.everything());
  leaks.searchFiles(agent.stateDir, ['secrets', ...Object.keys(rootOnly)]);
  leaks.search('log', when, agent.log);
  const { text } = await agent.request('/v1/commands/');
  leaks.search('commands', when, text);
}

async function askDashboard(to: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`ironhand:${secrets.token}`).toString('base64')}`;
  const { status, text } = await httpRequest(`${agent.url}${to}`, { headers: { authorization } });
  assert.ok(status === 200 || status === 404, `${to}: ${status}`);
  return status === 200 ? text : '';
}

/** What the side store holds while a deployment runs. */
function sideStore(): string {
  const folder = path.join(agent.stateDir, 'secrets');
  return readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
}

/** The text of an archive as the wire has it, base64 of a compressed tar. */
function unpacked(archive: unknown): string {
  assert.ok(typeof archive === 'string');
  return gunzipSync(Buffer.from(archive, 'base64')).toString('latin1');
}

describe('the secrets of a deployment', () => {
  it('are used: a password and a signed address write the image', async () => {
    const url = server.serve('/basic', image, { bytesPerSecond, authorization: basic });
    const running = deploy({ url: `${url}?sig=${secrets.signature}&a=1`, info: withPassword });
    const stored = await until(() => (sideStore().includes(secrets.password) ? sideStore() : null), {
      withinMs: 5000,
      what: 'the side store',
    });
    assert.deepEqual(leaks.namesIn(stored).toSorted(), ['bmc', 'password', 'signature', 'token'].toSorted());
    const { command_status, command_error } = await running;
    assert.equal(command_status, 'SUCCEEDED', command_error?.details);
    const [request] = server.seen;
    assert.equal(request?.headers.authorization, basic);
    assert.ok(request?.path.includes(secrets.signature));
    assert.ok(
      bytesOf(disk)
        .subarray(2 * MiB, 20 * MiB)
        .equals(image.subarray(2 * MiB, 20 * MiB)),
    );
  });

  it('are used: an Authorization value writes the image', async () => {
    const url = server.serve('/bearer', image, { bytesPerSecond, authorization: bearer });
    const info = { image_request_authorization: Buffer.from(bearer).toString('base64') };
    const { command_status, command_error } = await deploy({ url, info });
    assert.equal(command_status, 'SUCCEEDED', command_error?.details);
  });

  it('are used where a server refuses, lies or has no such image, and then the deployment fails', async () => {
    const forbidden = server.serve('/forbidden', image, { authorization: 'Basic somebody-else' });
    const asUser = new URL(`${forbidden}?temp_url_sig=${secrets.signature}`);
    asUser.username = user;
    asUser.password = secrets.userinfo;
    const wrong = { ...withPassword, checksum: '0'.repeat(64) };
    const results = [
      await deploy({ url: String(asUser) }),
      await deploy({ url: `${forbidden}?sig=${secrets.signature}`, info: withPassword }),
      await deploy({ url: `${server.origin}/none?token=${secrets.signature}`, info: withPassword }),
      await deploy({ url: server.serve('/wrong', image, { bytesPerSecond, authorization: basic }), info: wrong }),
    ];
    assert.deepEqual(
      results.map(({ command_status }) => command_status),
      ['FAILED', 'FAILED', 'FAILED', 'FAILED'],
    );
  });

  it('are used for a proxy, which may also refuse', async () => {
    const proxy = new URL(server.origin);
    proxy.username = user;
    proxy.password = secrets.proxy;
    // As a proxy the server is asked for the whole address.
    server.serve('http://images.example/disk.raw', image, { bytesPerSecond });
    server.serve('http://images.example/denied.raw', image, { status: 407 });
    const through = (name: string) =>
      deploy({
        url: `http://images.example/${name}?sig=${secrets.signature}`,
        info: { proxies: { http: String(proxy) } },
      });
    const { command_status, command_error } = await through('disk.raw');
    assert.equal(command_status, 'SUCCEEDED', command_error?.details);
    const wanted = `Basic ${Buffer.from(`${user}:${secrets.proxy}`).toString('base64')}`;
    assert.ok(server.seen.some(({ headers }) => headers['proxy-authorization'] === wanted));
    assert.equal((await through('denied.raw')).command_status, 'FAILED');
  });

  it('are on the disk: the config drive, as it came or from its address, and not where it makes no sense', async () => {
    const url = server.serve('/drive', image, { bytesPerSecond });
    const driveAddress = `${server.serve('/config-drive', Buffer.from(drive))}?sig=${secrets.signature}`;
    for (const configdrive of [drive, driveAddress]) {
      const { command_status, command_error } = await deploy({ url, info: { configdrive }, configdrive });
      assert.equal(command_status, 'SUCCEEDED', command_error?.details);
      assert.ok(bytesOf(disk).includes(driveContent));
    }
    const noGzip = Buffer.from(driveContent).toString('base64');
    assert.equal((await deploy({ url, configdrive: noGzip })).command_status, 'FAILED');
  });

  it('are nowhere to be found, while they are used and afterwards, but in files for root that go with the job', async () => {
    await until(() => sideStore() === '', { withinMs: 5000, what: 'an empty side store' });
    await lookAround('after');
    for (const { id } of deployments) {
      for (const where of [`/v1/commands/${id}`, `/v1/commands/${id}/log`]) {
        const { status, text } = await agent.request(where);
        assert.equal(status, 200, where);
        leaks.search('job', where, text);
      }
      for (const to of [`/queues/image/${id}`, `/queues/image/${id}/logs`]) {
        leaks.search('dashboard', to, await askDashboard(`/dashboard/api${to}`));
      }
      leaks.search('page', id, await askDashboard(`/dashboard/queue/image/${id}`));
    }
    for (const name of queueNames) {
      const list = `/queues?activeQueue=${name}&status=latest&page=1&jobsPerPage=50`;
      leaks.search('dashboard', list, await askDashboard(`/dashboard/api${list}`));
    }
    const logs = await agent.accepted('log.collect_system_logs', {}, { wait: true });
    leaks.search('system logs', 'archive', unpacked(logs.command_result?.['system_logs']));
    // Ironic is told the token with each heartbeat: so it knows who calls.
    for (const { path: where, body } of ironic.requests) {
      leaks.search('ironic', where, JSON.stringify(body ?? null), ['token']);
    }
    for (const [name, holds] of Object.entries(rootOnly)) {
      const file = path.join(agent.stateDir, name);
      assert.deepEqual(leaks.namesIn(readFileSync(file, 'latin1')), holds);
      assert.equal(statSync(file).mode & 0o777, 0o600, name);
    }
    assert.deepEqual([...new Set(leaks.leaks)], []);
  });

  it('were looked for in all those places', () => {
    const least = {
      cmdline: 50,
      environ: 50,
      redis: 10,
      file: 50,
      log: 10,
      commands: 10,
      job: 16,
      dashboard: 16,
      page: 8,
    };
    for (const [kind, count] of Object.entries(least)) {
      const searched = leaks.searched.get(kind) ?? 0;
      assert.ok(searched >= count, `${kind}: ${searched} of at least ${count}`);
    }
    assert.ok(agent.log.includes('disk.raw'));
  });
});
