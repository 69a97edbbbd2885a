import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { appRoutes } from '@bull-board/api/dist/routes.js';
import type { Page } from 'playwright-core';
import { queueNames } from '../../src/core/queue-name.ts';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { openBrowser } from '../support/chromium.ts';
import { type HttpReply, httpRequest } from '../support/http-request.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';

const password = 'dashboard-password-1b7d';
const token = 'agent-token-91c4e7d2';
/** What must be seen nowhere; each stands where the wire contract has a secret. */
const secrets = {
  token,
  configdrive: 'H4sIconfigdrive-5e1f',
  imagePassword: 'image-password-c8a0',
  urlPassword: 'url-password-77de',
  signature: 'url-signature-4f21',
  ipmiPassword: 'ipmi-password-e03b',
  nodeToken: 'node-token-d5a6',
};
const secretUrl = `https://somebody:${secrets.urlPassword}@image.example/disk.raw?temp_url_sig=${secrets.signature}`;
const node = {
  ...smallNode,
  driver_info: { ipmi_password: secrets.ipmiPassword },
  driver_internal_info: { agent_secret_token: secrets.nodeToken },
  instance_info: { configdrive: secrets.configdrive },
};

let agent: RunningAgent;
let running: WireCommand;
let refused: WireCommand;
let failed: WireCommand;
let tool: WireCommand;

before(async () => {
  const args = ['--dashboard', 'yes', '--dashboard-password', password];
  agent = await startAgent({ token, hardwareManagerDir: recordedSteps, args });
  const execute = (process: string, step: string, stepArgs: object, wait = true): Promise<WireCommand> =>
    agent.accepted(`${process}.execute_${process}_step`, stepRequest(step, stepArgs, node), { wait });
  const image = {
    id: 'disk.raw',
    urls: [secretUrl],
    checksum: '0'.repeat(64),
    image_server_user: 'somebody',
    image_server_password: secrets.imagePassword,
  };
  refused = await execute('deploy', 'write_image', { image_info: image, configdrive: secrets.configdrive });
  failed = await execute('clean', 'fail_with', { text: `could not read ${secretUrl}` });
  tool = await execute('clean', 'run_tool', { program: 'echo', args: [secretUrl] });
  const file = path.join(agent.stateDir, '../record');
  running = await execute('clean', 'sleep_repeatable', { file, seconds: 60 }, false);
});

after(() => agent.stop());

const basic = (user: string, secret: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
});
const loggedIn = basic('ironhand', password);

/** To a path of the agent. */
function ask(to: string, method = 'GET', headers: Readonly<Record<string, string>> = loggedIn): Promise<HttpReply> {
  return httpRequest(`${agent.url}${to}`, { method, headers });
}

function assertTellsNoSecret(text: string, where: string): void {
  for (const [name, secret] of Object.entries(secrets)) assert.ok(!text.includes(secret), `${where} tells ${name}`);
}

/** Every path of bull-board's api for a method, about a job that failed. */
function apiPaths(isWanted: (method: string) => boolean): { readonly method: string; readonly path: string }[] {
  return appRoutes.api.flatMap(({ method, route }) => {
    const methods = [method].flat().filter(isWanted);
    const paths = [route]
      .flat()
      .map((each) => each.replace(':queueName', 'system').replace(':jobId', failed.id).replace(/:\w+/g, 'failed'));
    return methods.flatMap((each) => paths.map((to) => ({ method: each.toUpperCase(), path: `/dashboard${to}` })));
  });
}

test('nobody sees the dashboard without its user and password', async () => {
  const paths = ['/dashboard', '/dashboard/api/queues', '/dashboard/queue/erase', '/dashboard/static/images/logo.svg'];
  for (const to of paths) {
    for (const headers of [{}, basic('ironhand', 'wrong'), basic('admin', password), basic('ironhand', token)]) {
      const { status, headers: answered } = await ask(to, 'GET', headers);
      assert.equal(status, 401, to);
      assert.match(answered['www-authenticate'] ?? '', /^Basic/);
    }
  }
});

test('the password opens nothing but the dashboard', async () => {
  assert.equal((await ask('/v1/commands')).status, 401);
  assert.equal((await ask(`/v1/commands?agent_token=${password}`)).status, 401);
});

test('every change that bull-board knows is answered with 405 and changes nothing', async () => {
  const changes = apiPaths((method) => method !== 'get');
  assert.ok(changes.length > 10, 'bull-board has routes that change something');
  for (const { method, path: to } of changes) {
    const { status, headers } = await ask(to, method);
    assert.equal(status, 405, `${method} ${to}`);
    assert.equal(headers.allow, 'GET, HEAD');
  }
  assert.equal((await agent.command(failed.id)).command_status, 'FAILED');
  assert.equal((await agent.command(running.id)).command_status, 'RUNNING');
  assert.equal((await ask(`/dashboard/api/queues/system/${failed.id}`)).status, 200);
});

test('no answer of its api tells a secret', async () => {
  const about = [refused, failed, tool].flatMap(({ id }) =>
    queueNames.flatMap((queue) => [`/queues/${queue}/${id}`, `/queues/${queue}/${id}/logs`]),
  );
  const lists = queueNames.map((queue) => `/queues?activeQueue=${queue}&status=latest&page=1&jobsPerPage=50`);
  const paths = [...about, ...lists].map((each) => `/dashboard/api${each}`);
  let found = 0;
  for (const to of [...paths, ...apiPaths((method) => method === 'get').map((each) => each.path)]) {
    const { status, text } = await ask(to);
    assert.ok(status < 500, `${to}: ${status} ${text}`);
    if (status === 200 && text.includes('***')) found += 1;
    assertTellsNoSecret(text, to);
  }
  assert.ok(found > 3, 'the answers show where secrets were masked');
});

test('an operator sees queues, jobs, progress, logs and errors, and the page asks nobody else', async () => {
  await using browser = await openBrowser({ username: 'ironhand', password });
  const page = await browser.context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  const bodies: Promise<readonly [string, string]>[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (response) => {
    const body = response.text().catch(() => '');
    bodies.push(body.then((text) => [response.url(), text] as const));
  });

  await page.goto(`${agent.url}/dashboard/`);
  for (const queue of queueNames) await seen(page, queue);
  await page.getByRole('link', { name: 'erase' }).first().click();
  await seen(page, 'clean.execute_clean_step: sleep_repeatable');
  await page.getByRole('tab', { name: 'Progress' }).click();
  await seen(page, 'phase');
  await look(page, 'erase');

  await page.goto(`${agent.url}/dashboard/queue/system/${tool.id}`);
  await page.getByRole('tab', { name: 'Logs' }).click();
  await seen(page, 'program=echo');
  assertTellsNoSecret(await page.content(), 'the page of a job with a log');
  await look(page, 'log');

  await page.goto(`${agent.url}/dashboard/queue/image/${refused.id}`);
  await seen(page, 'this machine has no disk');
  await page.getByRole('tab', { name: 'Data' }).click();
  assertTellsNoSecret(await page.content(), 'the page of a job that failed');
  await look(page, 'failed');

  const origins = new Set(asked.map((url) => new URL(url).origin));
  assert.deepEqual([...origins], [agent.url]);
  assert.deepEqual(complaints, []);
  for (const [url, text] of await Promise.all(bodies)) assertTellsNoSecret(text, url);
});

test('the page names no other host and forbids the browser to ask one', async () => {
  const { headers, text } = await ask('/dashboard');
  assert.doesNotMatch(text, /(?:href|src)="(?:https?:)?\/\//);
  assert.match(String(headers['content-security-policy']), /^default-src 'self'/);
});

test('without a password of its own the agent token opens it', async () => {
  await using other = await startAgent({ token, args: ['--dashboard', 'yes'] });
  const status = async (secret: string): Promise<number> =>
    (await httpRequest(`${other.url}/dashboard`, { headers: basic('ironhand', secret) })).status;
  assert.equal(await status(token), 200);
  assert.equal(await status(password), 401);
});

test('it is off unless it is switched on', async () => {
  await using other = await startAgent({ token });
  for (const to of ['/dashboard', '/dashboard/', '/dashboard/api/queues', '/dashboard/static/images/logo.svg']) {
    const { status } = await httpRequest(`${other.url}${to}`, { headers: basic('ironhand', token) });
    assert.equal(status, 404, to);
  }
});

async function seen(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor({ state: 'visible', timeout: 15_000 });
}

/** A picture for whoever wants to look, where IRONHAND_SCREENSHOTS names a directory. */
async function look(page: Page, name: string): Promise<void> {
  const directory = process.env.IRONHAND_SCREENSHOTS;
  if (directory) await page.screenshot({ path: path.join(directory, `${name}.png`) });
}
