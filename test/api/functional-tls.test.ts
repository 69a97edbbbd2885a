import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, type SecureVersion } from 'node:tls';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { makeTestCertificate, type TestCertificate } from '../support/test-certificate.ts';

let agent: RunningAgent;
let certificate: TestCertificate;

before(async () => {
  certificate = makeTestCertificate();
  const keyFile = path.join(path.dirname(certificate.certFile), 'key.pem');
  writeFileSync(keyFile, certificate.key, { mode: 0o600 });
  const files = ['--tls-cert-file', certificate.certFile, '--tls-key-file', keyFile];
  agent = await startAgent({ tls: true, args: ['--listen-tls', ...files, '--tls-min-version', '1.2'] });
});

after(async () => {
  await agent.stop();
  certificate.remove();
});

/** Status line and body of `GET /v1/commands` with only these versions of TLS offered, old ciphers included. */
function listBy(
  minVersion: SecureVersion,
  maxVersion: SecureVersion,
): Promise<{ protocol: string | null; text: string }> {
  const { hostname, port } = new URL(agent.url);
  const { promise, resolve, reject } = Promise.withResolvers<{ protocol: string | null; text: string }>();
  const ciphers = 'DEFAULT:@SECLEVEL=0';
  const socket = connect({ host: hostname, port: Number(port), minVersion, maxVersion, ciphers, ca: certificate.cert });
  let text = '';
  let protocol: string | null = null;
  socket.on('secureConnect', () => {
    protocol = socket.getProtocol();
    socket.write(`GET /v1/commands?agent_token=${agent.token} HTTP/1.0\r\nHost: agent\r\n\r\n`);
  });
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on('error', reject);
  socket.on('end', () => resolve({ protocol, text }));
  return promise;
}

describe('the functional TLS test of ironic-python-agent', () => {
  for (const [offered, min, max, spoken] of [
    ['1.2 and later', 'TLSv1.2', 'TLSv1.3', 'TLSv1.3'],
    ['1.3 alone', 'TLSv1.3', 'TLSv1.3', 'TLSv1.3'],
    ['1.2 alone', 'TLSv1.2', 'TLSv1.2', 'TLSv1.2'],
  ] as const) {
    it(`is answered with an empty list over TLS ${offered}`, async () => {
      const { protocol, text } = await listBy(min, max);
      assert.equal(protocol, spoken);
      assert.match(text, /^HTTP\/1\.[01] 200 OK\r\n[\s\S]*\r\n\r\n\{"commands": \[\]\}$/);
    });
  }

  for (const version of ['TLSv1.1', 'TLSv1'] as const) {
    it(`refuses ${version} in the handshake`, async () => {
      await assert.rejects(listBy(version, version), { message: /alert|protocol|version|handshake/i });
    });
  }
});
