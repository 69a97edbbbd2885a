import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type AgentOptions, type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import type { HttpReply } from '../support/http-request.ts';
import { readPage } from '../support/markdown.ts';
import { type StandInIronicOptions, startStandInIronic } from '../support/stand-in-ironic.ts';
import { smallNode } from '../support/step-request.ts';
import { until } from '../support/until.ts';

const token = 'a-token-of-the-conductor-with-43-characters';

interface Situation {
  /** The Ironic that it looks up; null: standalone. */
  readonly ironic: StandInIronicOptions | null;
  readonly agent?: Pick<AgentOptions, 'token' | 'args'>;
}

const fromVirtualMedia = { args: ['--agent-token', token] };
const pretended = { args: ['--ironic-api-version', '1.68'] };

const situations: Readonly<Record<string, Situation>> = {
  'Ironic 21.4, whose API says 1.82': { ironic: { apiVersion: '1.82' } },
  'Ironic 21.4, `tokenless_get` is never': {
    ironic: { apiVersion: '1.82' },
    agent: { args: ['--tokenless-get', 'never'] },
  },
  'Ironic 21.4, token from virtual media': {
    ironic: { apiVersion: '1.82', tokenGiven: true },
    agent: fromVirtualMedia,
  },
  'Ironic 21.4, `ironic_api_version` is 1.68': { ironic: { apiVersion: '1.82' }, agent: pretended },
  'Ironic 29.0, `ironic_api_version` is 1.68': { ironic: { apiVersion: '1.96' }, agent: pretended },
  'Ironic 29.0, whose API says 1.96': { ironic: { apiVersion: '1.96' } },
  'Ironic that does not tell its version, token from virtual media': {
    ironic: { tellsVersion: false, tokenGiven: true },
    agent: fromVirtualMedia,
  },
  'standalone, with a token': { ironic: null, agent: { token } },
  'standalone, without a token': { ironic: null, agent: { token: null } },
};

/** The machine of one situation, and what happens to it. */
class World {
  readonly agent: RunningAgent;
  #ironic: Awaited<ReturnType<typeof startStandInIronic>> | null;

  constructor(agent: RunningAgent, ironic: Awaited<ReturnType<typeof startStandInIronic>> | null) {
    this.agent = agent;
    this.#ironic = ironic;
  }

  static async of({ ironic, agent }: Situation): Promise<World> {
    if (!ironic) return new World(await startAgent(agent), null);
    const standIn = await startStandInIronic({ ...ironic, token });
    return new World(await startAgent({ ...agent, ironic: standIn }), standIn);
  }

  async restartApi(): Promise<void> {
    await this.agent.replaced('api', await this.agent.kill('api'));
    const answers = () => this.agent.request('/v1/status', { token: null }).catch(() => null);
    await until(answers, { withinMs: 10_000, what: 'the api again' });
  }

  async beAnotherIronic(options: StandInIronicOptions): Promise<void> {
    const port = Number(new URL(this.#ironic?.url ?? '').port);
    await this.#ironic?.close();
    this.#ironic = await startStandInIronic({ ...options, token }, port);
  }

  /** The id of a command; accepted now when there is none yet. */
  async commandId(): Promise<string> {
    this.#id ??= ((await this.post(token)).json as WireCommand).id;
    return this.#id;
  }
  #id: string | null = null;

  post(given: string | null): Promise<HttpReply> {
    const body = JSON.stringify({ name: 'clean.get_clean_steps', params: { node: smallNode, ports: [] } });
    return this.agent.request('/v1/commands/?wait=true', { method: 'POST', body, token: given });
  }

  async close(): Promise<void> {
    await this.agent.stop();
    await this.#ironic?.close();
  }
}

const events: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'api started again': (world) => world.restartApi(),
  'API says 1.82 and api started again': async (world) => {
    await world.beAnotherIronic({ apiVersion: '1.82' });
    await world.restartApi();
  },
  'next deployment by fast track': (world) =>
    world.agent.accepted('deploy.get_deploy_steps', { node: smallNode, ports: [] }),
};

const list = '/v1/commands/';
const requests: Readonly<Record<string, (world: World) => Promise<HttpReply>>> = {
  'list, no token': ({ agent }) => agent.request(list, { token: null }),
  'list by HEAD, no token': ({ agent }) => agent.request(list, { method: 'HEAD', token: null }),
  'list, empty token': ({ agent }) => agent.request(list, { token: '' }),
  'list, wrong token': ({ agent }) => agent.request(list, { token: `${token}!` }),
  'list, token': ({ agent }) => agent.request(list, { token }),
  'POST, no token': (world) => world.post(null),
  'POST, wrong token': (world) => world.post(`${token}!`),
  'POST, token': (world) => world.post(token),
  'one command, no token': async (world) => world.agent.request(list + (await world.commandId()), { token: null }),
  'one command, token': async (world) => world.agent.request(list + (await world.commandId()), { token }),
  'log of a command, no token': async (world) =>
    world.agent.request(`${list}${await world.commandId()}/log`, { token: null }),
  'log of a command, token': async (world) => world.agent.request(`${list}${await world.commandId()}/log`, { token }),
  'erase certificates, no token': ({ agent }) => agent.request('/v1/erase/certificates', { token: null }),
};

const rows = [...readPage('docs/agent-token.md').matchAll(/^\| (.+?) \| (.+?) \| (\d+) \|$/gm)].map(
  ([, situation = '', request = '', status = '']) => ({ situation, request, status: Number(status) }),
);

describe('docs/agent-token.md', () => {
  let world: World | null = null;
  after(async () => {
    await world?.close();
  });

  it('has a row for every situation, event and request that is known here', () => {
    const said = new Set(rows.flatMap(({ situation, request }) => [situation.replace('the same, ', ''), request]));
    for (const known of [situations, events, requests].flatMap(Object.keys)) assert.ok(said.has(known), known);
  });

  for (const { situation, request, status } of rows) {
    it(`${situation}: ${request} is answered with ${status}`, async () => {
      const [, event] = /^the same(?:, (.+))?$/.exec(situation) ?? [null, null];
      if (event === null) {
        await world?.close();
        world = null;
        world = await World.of(situations[situation] ?? assert.fail(`unknown situation: ${situation}`));
      }
      assert.ok(world, 'the situation before');
      if (event) await (events[event] ?? assert.fail(`unknown event: ${event}`))(world);
      const reply = await (requests[request] ?? assert.fail(`unknown request: ${request}`))(world);
      assert.equal(reply.status, status);
      if (status !== 401) return;
      assert.deepEqual(reply.json, { faultcode: 'Client', faultstring: '401 Unauthorized: Token invalid.' });
    });
  }
});
