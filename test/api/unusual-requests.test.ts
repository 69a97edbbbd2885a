import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { rawExchange } from '../support/http-request.ts';

let agent: RunningAgent;

before(async () => {
  agent = await startAgent({ token: 'aBc+/=&%7' });
});

after(() => agent.stop());

const body = '{"name": "standby.get_partition_uuids", "params": {}}';
const target = (): string => `/v1/commands/?agent_token=${encodeURIComponent(agent.token)}`;

/** Sends lines and a body as they are; the statuses of all answers. */
async function statuses(lines: readonly string[], text = ''): Promise<readonly number[]> {
  const answer = await rawExchange(agent.url, `${lines.join('\r\n')}\r\n\r\n${text}`);
  return [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
}

describe('a request that is unusual but right', () => {
  it('comes in chunks', async () => {
    const head = [`POST ${target()} HTTP/1.1`, 'host: agent', 'transfer-encoding: chunked', 'connection: close'];
    const chunks = [body.slice(0, 5), body.slice(5)].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    assert.deepEqual(await statuses(head, `${chunks.join('')}0\r\n\r\n`), [200]);
  });

  it('is HTTP/1.0', async () => {
    assert.deepEqual(await statuses([`GET ${target()} HTTP/1.0`]), [200]);
    const head = [`POST ${target()} HTTP/1.0`, `content-length: ${body.length}`];
    assert.deepEqual(await statuses(head, body), [200]);
  });

  it('comes right behind another one on the same connection', async () => {
    const before = (await agent.list()).length;
    // Two different ones: the same one over again is answered with the first.
    const post = (text: string): string =>
      `POST ${target()} HTTP/1.1\r\nhost: agent\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    const other = '{"name": "poll.get_hardware_info", "params": {}}';
    const last = `GET ${target()} HTTP/1.1\r\nhost: agent\r\nconnection: close\r\n\r\n`;
    const answer = await rawExchange(agent.url, post(body) + post(other) + last, { silenceMs: 3000 });
    assert.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
    assert.equal((await agent.list()).length, before + 2);
  });

  it('waits to be told that it may send its body', async () => {
    const head = [
      `POST ${target()} HTTP/1.1`,
      'host: agent',
      'expect: 100-continue',
      'connection: close',
      `content-length: ${body.length}`,
    ];
    assert.deepEqual(await statuses(head, body), [100, 200]);
    const refused = head.with(0, 'POST /v1/commands/ HTTP/1.1');
    assert.deepEqual(await statuses(refused), [401], 'the body is not asked for without a token');
  });

  it('has a token that must be escaped, or is escaped where it need not be', async () => {
    assert.equal((await agent.request('/v1/commands/')).status, 200);
    const everything = Array.from(agent.token, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
    const escaped = await agent.request(`/v1/commands/?agent_token=${everything}`, { token: null });
    assert.equal(escaped.status, 200);
    const bare = await agent.request(`/v1/commands/?agent_token=${agent.token}`, { token: null });
    assert.equal(bare.status, 401, 'a plus is a blank, an ampersand ends it');
  });

  it('has more in its query than is known', async () => {
    assert.equal((await agent.request('/v1/commands/?wait=maybe&wait=true&x[]=1&y')).status, 200);
  });

  it('has white space and text of the whole world in its body', async () => {
    const node = { uuid: '1', name: 'сервер 磁盘 🚀 \u0000', properties: {}, instance_info: {} };
    const text = JSON.stringify({ params: { ports: [], node }, name: 'clean.get_clean_steps' }, null, '\t\r\n ');
    const { status, json } = await agent.request('/v1/commands/', { method: 'POST', body: `\n${text}\n` });
    assert.equal(status, 200);
    assert.equal((json as WireCommand).command_status, 'SUCCEEDED');
  });

  it('has 60 levels in what the conductor sends along', async () => {
    const deep = JSON.parse('['.repeat(60) + ']'.repeat(60)) as unknown;
    const node = { uuid: '1', properties: {}, instance_info: {}, extra: deep };
    const { status } = await agent.post('clean.get_clean_steps', { node, ports: {} });
    assert.equal(status, 200);
  });

  it('comes a hundred times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => agent.request('/v1/commands/')));
    assert.ok(answers.every(({ status }) => status === 200));
  });
});
