import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { prepareTls } from '../../api/tls.ts';
import { createIronicClient } from '../../src/ironic/client.ts';
import { startHeartbeat } from '../../src/ironic/heartbeat.ts';
import { ironicSettings } from '../src/ironic/ironic-settings.ts';
import { silentLog } from '../src/ironic/silent-log.ts';
import { ConductorClient } from './conductor-client.ts';
import { startStandInIronic } from './stand-in-ironic.ts';

/** An agent that knows one step, which takes a while, and that heartbeats as a real one does. */
describe('a conductor and an agent that talk over TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ironhand-conductor-'));
  const seen: string[] = [];
  const command = { id: '1', command_name: 'execute_clean_step', command_error: null };
  const step = { step: 'erase_devices_metadata', interface: 'deploy', priority: 99 };
  let status = 'RUNNING';
  let server: Server;
  let stop: () => Promise<unknown>;
  let conductor: ConductorClient;
  let ironic: Awaited<ReturnType<typeof startStandInIronic>>;

  before(async () => {
    const certificate = {
      addresses: ['127.0.0.1'],
      hostname: 'vm',
      curve: 'p256',
      clockSkewSeconds: 60,
      days: 1,
    } as const;
    const tls = prepareTls({ kind: 'automatic' }, { minVersion: '1.3', cipherSuites: null, certificate, directory });
    server = createServer(tls.options ?? {}, (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const result = status === 'SUCCEEDED' ? { clean_result: 'clean', clean_step: step } : null;
      const listed = { ...command, command_status: status, command_result: result };
      response.end(JSON.stringify(request.method === 'POST' ? listed : { commands: [listed] }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ironic = await startStandInIronic({ requireTls: true });
    const client = createIronicClient(ironicSettings([ironic.url]), silentLog);
    const content = {
      callbackUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      agentToken: ironic.token,
      agentVersion: '12.0.0',
      agentVerifyCa: tls.verifyCa(),
      statusMessage: null,
    };
    const settings = { nodeUuid: ironic.node.uuid, timeoutSeconds: 1, content: () => content };
    const heartbeat = startHeartbeat(client, settings, silentLog);
    const { callback_url: callbackUrl, agent_verify_ca: verifyCa = null } = await ironic.nextHeartbeat();
    conductor = new ConductorClient({ callbackUrl, token: ironic.token, verifyCa });
    stop = () => Promise.all([heartbeat.stop(), client.close()]);
  });

  after(async () => {
    conductor.close();
    await stop();
    server.closeAllConnections();
    server.close();
    await ironic.close();
    rmSync(directory, { recursive: true });
  });

  it('run a step to its end, one look per heartbeat', async () => {
    const looks: string[] = [];
    const result = await conductor.executeStep(
      'clean',
      { step, node: ironic.node, ports: [], versions: { generic_hardware_manager: '1' } },
      {
        ironic,
        onLook: (each) => {
          looks.push(each.command_status);
          status = looks.length > 1 ? 'SUCCEEDED' : status;
        },
      },
    );
    assert.equal(result, 'clean');
    assert.deepEqual(looks, ['RUNNING', 'RUNNING', 'SUCCEEDED']);
    assert.equal(seen[0], `POST /v1/commands/?wait=false&agent_token=${ironic.token}`);
    assert.equal(seen[1], `GET /v1/commands/?agent_token=${ironic.token}`);
  });

  it('do not talk when the certificate is not the one that was told', async () => {
    const { port } = server.address() as AddressInfo;
    const stranger = new ConductorClient({ callbackUrl: `https://127.0.0.1:${port}`, token: 'x' });
    await assert.rejects(stranger.list(), { name: 'NoAnswerError', message: /self-signed/ });
    stranger.close();
  });

  it('tell of a failed command what a conductor would write on its node', async () => {
    status = 'FAILED';
    await assert.rejects(conductor.call('clean.get_clean_steps'), /execute_clean_step is FAILED/);
  });
});
