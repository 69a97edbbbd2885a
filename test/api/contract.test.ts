import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { httpRequest } from '../support/http-request.ts';

let agent: RunningAgent;

before(async () => {
  agent = await startAgent();
});

after(() => agent.stop());

describe('the functional test of ironic-python-agent', () => {
  it('goes through its six steps on a fresh agent', async () => {
    const unauthorized = await agent.request('/v1/commands', { token: null });
    assert.equal(unauthorized.status, 401);
    assert.deepEqual(unauthorized.json, { faultcode: 'Client', faultstring: '401 Unauthorized: Token invalid.' });

    assert.deepEqual((await agent.request('/v1/commands')).json, { commands: [] });

    const node = { uuid: '1', properties: {}, instance_info: {} };
    const posted = await agent.post('clean.get_clean_steps', { node, ports: {} });
    assert.equal(posted.status, 200);
    const steps = posted.json as WireCommand;
    assert.equal(steps.command_error, null);

    const list = await agent.list();
    assert.deepEqual(
      list.map(({ command_name: name }) => name),
      ['get_clean_steps'],
    );
    assert.equal((await agent.command(steps.id)).command_name, 'get_clean_steps');

    const bad = await agent.post('bad_extension.fake_command');
    assert.equal(bad.status, 404);
    assert.deepEqual(bad.json, {
      faultcode: 'Client',
      faultstring: 'Not found: Extension with id bad_extension not found.',
    });
  });
});

describe('documents', () => {
  it('names the api and its one version at the root, under the address that the client used', async () => {
    const { json } = await httpRequest(new URL('/', agent.url), { headers: { host: 'agent.example:9999' } });
    const version = {
      id: 'v1',
      links: [
        { href: 'http://agent.example:9999/v1', rel: 'self' },
        { href: 'https://docs.openstack.org/ironic-python-agent/', rel: 'describedby', type: 'text/html' },
      ],
    };
    const { description, ...rest } = json as Record<string, unknown>;
    assert.equal(typeof description, 'string');
    assert.deepEqual(rest, {
      name: 'OpenStack Ironic Python Agent API',
      versions: [version],
      default_version: version,
    });
  });

  it('links commands and status from the v1 document, with and without a slash', async () => {
    for (const where of ['/v1', '/v1/']) {
      const { status, json } = await agent.request(where, { token: null });
      assert.equal(status, 200);
      const pair = (name: string) => [
        { href: `${agent.url}/v1/${name}`, rel: 'self' },
        { href: `${agent.url}/${name}`, rel: 'bookmark' },
      ];
      const document = json as Record<string, unknown>;
      assert.deepEqual(document['commands'], pair('commands'));
      assert.deepEqual(document['status'], pair('status'));
      assert.deepEqual(document['media_types'], [
        { base: 'application/json', type: 'application/vnd.openstack.ironic-python-agent.v1+json' },
      ]);
      assert.equal(document['id'], 'v1');
    }
  });

  it('tells since when it runs and its version, and nothing else', async () => {
    for (const where of ['/v1/status', '/status']) {
      const { json } = await agent.request(where, { token: null });
      const { started_at: startedAt, version, ...rest } = json as { started_at: number; version: string };
      assert.ok(startedAt > 1.7e9 && startedAt <= Date.now() / 1000, `${startedAt}`);
      assert.match(version, /^\d+\.\d+\.\d+/);
      assert.deepEqual(rest, {});
    }
  });

  it('are JSON without a charset, in one line and without a newline at the end', async () => {
    for (const where of ['/', '/v1', '/v1/status', '/v1/commands/', '/nowhere']) {
      const { headers, text } = await agent.request(where);
      assert.equal(headers['content-type'], 'application/json', where);
      assert.ok(!text.includes('\n'), where);
    }
  });
});

describe('routes', () => {
  it('answers the commands at four addresses alike', async () => {
    const answers = await Promise.all(
      ['/v1/commands/', '/v1/commands', '/commands/', '/commands'].map((where) => agent.request(where)),
    );
    for (const { status, text } of answers) assert.deepEqual([status, text], [200, answers[0]?.text]);
  });

  it('takes a command at all four addresses and gives it back under both', async () => {
    for (const where of ['/v1/commands/', '/v1/commands', '/commands/', '/commands']) {
      const body = JSON.stringify({ name: 'standby.get_partition_uuids', params: {} });
      const { status, json } = await agent.request(where, { method: 'POST', body });
      assert.equal(status, 200, where);
      const { id } = json as WireCommand;
      const [prefixed, short] = await Promise.all([
        agent.request(`/v1/commands/${id}`),
        agent.request(`/commands/${id}`),
      ]);
      assert.equal(prefixed.text, short.text);
    }
  });

  it('answers HEAD wherever it answers GET, without a body', async () => {
    const [entry] = await agent.list();
    for (const where of ['/', '/v1/', '/v1/status', '/v1/commands/', `/v1/commands/${entry?.id}`]) {
      const [head, get] = await Promise.all([agent.request(where, { method: 'HEAD' }), agent.request(where)]);
      assert.deepEqual([head.status, head.text], [200, ''], where);
      assert.equal(head.headers['content-length'], get.headers['content-length'], where);
    }
    assert.equal((await agent.request('/v1/commands/', { method: 'HEAD', token: null })).status, 401);
  });

  it('answers other methods with 405 and what is allowed', async () => {
    const table: readonly [where: string, allow: string, methods: readonly string[]][] = [
      ['/v1/commands/', 'GET, HEAD, POST', ['PUT', 'DELETE', 'PATCH', 'OPTIONS']],
      ['/commands', 'GET, HEAD, POST', ['PUT', 'DELETE', 'PATCH', 'OPTIONS']],
      ['/v1/commands/some-id', 'GET, HEAD', ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']],
      ['/v1/status', 'GET, HEAD', ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']],
      ['/', 'GET, HEAD', ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']],
    ];
    for (const [where, allow, methods] of table) {
      for (const method of methods) {
        const { status, headers, json } = await agent.request(where, { method, token: null });
        assert.deepEqual([status, headers.allow], [405, allow], `${method} ${where}`);
        const { faultcode, faultstring } = json as Record<string, string>;
        assert.equal(faultcode, 'Client');
        assert.match(faultstring ?? '', /^405 Method Not Allowed: /);
      }
    }
  });

  it('answers 404 where there is nothing, a slash too much included', async () => {
    const [entry] = await agent.list();
    for (const where of ['/nowhere', '/v2', '/v1/nowhere', '/v1/status/', `/v1/commands/${entry?.id}/`, '//']) {
      const { status, json } = await httpRequest(`${agent.url}${where}?agent_token=${agent.token}`);
      assert.equal(status, 404, where);
      const { faultcode, faultstring } = json as Record<string, string>;
      assert.equal(faultcode, 'Client', where);
      assert.match(faultstring ?? '', /^404 Not Found: /, where);
    }
  });

  it('names the id of a command that it does not know', async () => {
    const { status, json } = await agent.request('/v1/commands/0a1b');
    assert.equal(status, 404);
    assert.deepEqual(json, {
      faultcode: 'Client',
      faultstring: 'Not found: Command Result with id 0a1b not found.',
    });
  });
});
