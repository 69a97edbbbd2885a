import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { after, type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { Config } from '../../../../src/core/config.ts';
import { openRemoteImage } from '../../../../src/image/http/remote-image.ts';
import type { RemoteOptions } from '../../../../src/image/http/remote-options.ts';
import { tlsSettings } from '../../../../src/image/http/tls-settings.ts';
import { createImageServer } from '../../../support/image-server.ts';
import { readToEnd } from '../../../support/read-to-end.ts';
import { remoteOptions } from '../../../support/remote-options.ts';
import { makeTestCertificate } from '../../../support/test-certificate.ts';

const certificate = makeTestCertificate();
after(() => certificate.remove());
const keyFile = certificate.certFile.replace('cert.pem', 'key.pem');
const content = randomBytes(3_000_017);

const withTls = (config: Partial<Config>, more: Partial<RemoteOptions> = {}) => {
  const settings = { insecure: false, caFile: null, certFile: null, keyFile: null, ...config } as Config;
  return remoteOptions({ tls: () => tlsSettings(settings), ...more });
};
const trusting = { caFile: certificate.certFile };

test('a certificate that nobody vouches for leads to the next mirror at once, or ends it', async () => {
  await using secure = await createImageServer(certificate);
  await using plain = await createImageServer();
  const options = withTls({}, { intervalSeconds: 600 });
  const addresses = [secure.serve('/image', content), plain.serve('/image', content)];
  await using image = await openRemoteImage(addresses, options);
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  await assert.rejects(openRemoteImage(addresses.slice(0, 1), options), /\/image: self-signed certificate$/);
  assert.equal(secure.seen.length, 0);
});

test('an https image that is cut is mended', async () => {
  await using server = await createImageServer(certificate);
  const address = server.serve('/image', content, { etag: '"a"', endAfter: 1_000_000 });
  await using image = await openRemoteImage([address], withTls(trusting));
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.equal(image.fetchedBytes, content.length);
});

test('a server that speaks no TLS ends it at once', async () => {
  await using server = await createImageServer();
  const address = server.serve('/image', content).replace('http:', 'https:');
  const options = withTls({}, { intervalSeconds: 600 });
  await assert.rejects(openRemoteImage([address], options), /wrong version number|packet length too long/);
});

test('a server that closes instead of a handshake is tried again', async (t) => {
  let connections = 0;
  const address = await tcpServer(t, (socket) => {
    connections += 1;
    socket.destroy();
  });
  await assert.rejects(openRemoteImage([address], withTls({})), /gave up after 3 rounds over 1 address/);
  assert.equal(connections, 3);
});

test('a server that says nothing in a handshake is tried again after the time limit', async (t) => {
  let connections = 0;
  const address = await tcpServer(t, () => {
    connections += 1;
  });
  const options = withTls({}, { retries: 1, timeoutSeconds: 1 });
  await assert.rejects(openRemoteImage([address], options), /no connection within 1 s \(gave up after 2 rounds/);
  assert.equal(connections, 2);
});

test('the client certificate is shown to a server that asks for one', async (t) => {
  const seen: string[] = [];
  const { key, cert } = certificate;
  const server = createServer({ key, cert, ca: cert, requestCert: true }, (request, response) => {
    seen.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
    response.end(content);
  });
  const address = await listen(t, server);
  const config = { ...trusting, certFile: certificate.certFile, keyFile };
  await using image = await openRemoteImage([address], withTls(config));
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.deepEqual(seen, ['test']);
});

test('a file of certificates that cannot be used ends it at once, named', async () => {
  const address = ['https://127.0.0.1:1/image'];
  const opening = (config: Partial<Config>) => openRemoteImage(address, withTls(config, { intervalSeconds: 600 }));
  await assert.rejects(
    opening({ caFile: '/nowhere/ca.pem' }),
    /image: cannot read a certificate: .*\/nowhere\/ca\.pem/,
  );
  await assert.rejects(
    opening({ certFile: certificate.certFile, keyFile: certificate.certFile }),
    /image: cannot use the certificates .*cert\.pem/,
  );
});

async function tcpServer(t: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket.on('error', () => undefined));
    onConnection(socket);
  });
  t.after(() => {
    for (const socket of open) socket.destroy();
  });
  return listen(t, server);
}

async function listen(t: TestContext, server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/image`;
}
