import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import type { HttpRequestOptions } from '../support/http-request.ts';
import { recordedSteps, stepRequest } from '../support/step-request.ts';

const commands = '/v1/commands/';
const step = { node: { uuid: '1', properties: {}, instance_info: {} }, ports: {} };
const posted = (body: unknown): HttpRequestOptions => ({ method: 'POST', body: JSON.stringify(body) });
const command = (name: string, params: object = {}) => posted({ name, params });

/** Every kind of refusal of the contract: what is sent, and the status and text that come. */
const refusals: readonly [
  what: string,
  where: string,
  request: HttpRequestOptions & { readonly token?: string | null },
  status: number,
  faultstring: RegExp,
][] = [
  ['no JSON', commands, { method: 'POST', body: '{' }, 400, /^400 Bad Request: Failed to decode JSON object: ./],
  ['a list', commands, posted([]), 400, /^400 Bad Request: Missing or invalid name or params$/],
  ['a number', commands, posted(5), 400, /^400 Bad Request: Missing or invalid name or params$/],
  [
    'no params',
    commands,
    posted({ name: 'standby.sync' }),
    400,
    /^400 Bad Request: Missing or invalid name or params$/,
  ],
  ['no dot', commands, command('sync'), 400, /^Invalid command: ./],
  ['no such command', commands, command('clean.fake'), 400, /^Invalid command: Unknown command: fake$/],
  ['no such extension', commands, command('bad.fake'), 404, /^Not found: Extension with id bad not found\.$/],
  [
    'a node without uuid',
    commands,
    command('clean.get_clean_steps', { ...step, node: {} }),
    400,
    /^Invalid command parameters: ./,
  ],
  ['no token', commands, { token: null }, 401, /^401 Unauthorized: Token invalid\.$/],
  [
    'no token on POST',
    commands,
    { ...command('standby.sync'), token: null },
    401,
    /^401 Unauthorized: Token invalid\.$/,
  ],
  ['no such id', `${commands}x`, {}, 404, /^Not found: Command Result with id x not found\.$/],
  ['no such route', '/v1/nothing', {}, 404, /^404 Not Found: ./],
  ['another method', commands, { method: 'PUT' }, 405, /^405 Method Not Allowed: ./],
  [
    'a command while one runs',
    commands,
    command('standby.sync'),
    409,
    /^Agent is busy: executing command execute_clean_step$/,
  ],
];

let agent: RunningAgent;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  const file = `${agent.stateDir}/../record`;
  await agent.accepted('clean.execute_clean_step', stepRequest('sleep_repeatable', { file, seconds: 30 }));
});

after(() => agent.stop());

describe('a refusal', () => {
  for (const [what, where, request, status, faultstring] of refusals) {
    it(`of ${what} has status ${status} and the two fields of the contract, and leaves no entry`, async () => {
      const reply = await agent.request(where, request);
      assert.equal(reply.status, status);
      assert.equal(reply.headers['content-type'], 'application/json');
      const fault = reply.json as Record<string, string>;
      assert.deepEqual(Object.keys(fault), ['faultcode', 'faultstring']);
      assert.equal(fault['faultcode'], 'Client');
      assert.match(fault['faultstring'] ?? '', faultstring);
      assert.equal(reply.headers.allow, status === 405 ? 'GET, HEAD, POST' : undefined);
      assert.equal((await agent.list()).length, 1);
    });
  }
});
