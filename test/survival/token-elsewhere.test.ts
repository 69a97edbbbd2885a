import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../scripts/check-stages.ts';
import { processesOf } from '../support/agent-processes.ts';
import { httpRequest } from '../support/http-request.ts';
import { startStandInIronic } from '../support/stand-in-ironic.ts';
import { until } from '../support/until.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe('an agent whose token was given to another one', () => {
  it('serves nothing, says why, and goes on when Ironic gives a new one', async () => {
    const ironic = await startStandInIronic({ tokenGiven: true });
    const base = mkdtempSync(path.join(tmpdir(), 'ironhand-token-elsewhere-'));
    const port = await freePort();
    const agent = spawn(
      process.execPath,
      [
        ...[
          path.join(projectRoot, 'scripts/ironhand.mjs'),
          'agent',
          '--no-tls',
          '--state-dir',
          path.join(base, 'state'),
        ],
        ...['--api-url', ironic.url, '--advertise-host', '127.0.0.1', '--mac-addresses', '52:54:00:12:34:56'],
        ...['--listen-host', '127.0.0.1', '--listen-port', String(port)],
        ...['--hardware-manager-dir', path.join(base, 'no-managers')],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said = { out: '', log: '' };
    agent.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    agent.stderr.on('data', (chunk: Buffer) => (said.log += chunk.toString()));
    try {
      const lookups = () => ironic.requests.filter(({ path: where }) => where === '/v1/lookup').length;
      await until(() => said.out.includes('no commands are served'), {
        withinMs: 20_000,
        what: 'the line for a person',
      });
      const line = new RegExp(`^ironhand agent: .*token of node ${ironic.node.uuid} to an agent before.*30 s\\.$`, 'm');
      assert.match(said.out, line);
      assert.match(said.log, /"level":"error".*no commands are served/);
      await sleep(3000);
      assert.equal(lookups(), 1, 'lookups so far');
      await assert.rejects(httpRequest(`http://127.0.0.1:${port}/v1/commands/`), { code: 'ECONNREFUSED' });
      assert.equal(agent.exitCode, null);

      ironic.reset();
      await until(() => ironic.lastHeartbeat, { withinMs: 40_000, what: 'a heartbeat with the new token' });
      assert.equal(lookups(), 2);
      assert.equal((await httpRequest(`http://127.0.0.1:${port}/v1/commands/`)).status, 401);
      const url = `http://127.0.0.1:${port}/v1/commands/?agent_token=${ironic.token}`;
      assert.deepEqual((await httpRequest(url)).json, { commands: [] });
    } finally {
      const ended = once(agent, 'exit');
      agent.kill('SIGTERM');
      await ended;
      await ironic.close();
      assert.deepEqual(processesOf(base), []);
      rmSync(base, { recursive: true });
    }
  });
});
