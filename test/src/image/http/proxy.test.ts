import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import type { Config } from '../../../../src/core/config.ts';
import { createAddressRules } from '../../../../src/image/http/address-rules.ts';
import { openRemoteImage } from '../../../../src/image/http/remote-image.ts';
import type { RemoteOptions } from '../../../../src/image/http/remote-options.ts';
import { tlsSettings } from '../../../../src/image/http/tls-settings.ts';
import { createImageServer, type ImageServer, refusedAddress } from '../../../support/image-server.ts';
import { createProxyServer, type ProxyBehaviour, type ProxyServer } from '../../../support/proxy-server.ts';
import { readToEnd } from '../../../support/read-to-end.ts';
import { remoteOptions } from '../../../support/remote-options.ts';
import { makeTestCertificate } from '../../../support/test-certificate.ts';
import { until } from '../../../support/until.ts';

const certificate = makeTestCertificate();
after(() => certificate.remove());
const content = randomBytes(5_000_003);
const proxyAuthorization = `Basic ${Buffer.from('proxy:p@ss').toString('base64')}`;
const proxyLogin = 'proxy:p%40ss';

const portOf = ({ origin }: ImageServer): number => Number(new URL(origin).port);
const startProxy = (server: ImageServer, behaviour?: ProxyBehaviour): Promise<ProxyServer> =>
  createProxyServer(portOf(server), behaviour);

/** No address of loopback is allowed: the proxy is none of those that are checked. */
const through = (proxy: string, more: Partial<RemoteOptions> = {}) => {
  const settings = { insecure: false, caFile: certificate.certFile, certFile: null, keyFile: null } as Config;
  const proxies = { http: proxy, https: proxy };
  return remoteOptions({ proxies, rules: createAddressRules([]), tls: () => tlsSettings(settings), ...more });
};

test('an http image comes through the proxy, which is told the whole address', async () => {
  await using server = await createImageServer();
  await using proxy = await startProxy(server, { authorization: proxyAuthorization });
  server.serve('/image', content, { endAfter: 3_000_000, times: 1 });
  const options = through(`http://${proxyLogin}@${proxy.host}`, { authorization: 'Basic b3JpZ2lu' });
  await using image = await openRemoteImage(['http://me:pw@images.example:8080/image?a=b#c'], options);
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.equal(image.fetchedBytes, content.length);
  assert.deepEqual(
    proxy.seen.map(({ line }) => line),
    Array(2).fill('GET http://images.example:8080/image?a=b'),
  );
  for (const { headers } of server.seen) {
    assert.equal(headers.host, 'images.example:8080');
    assert.equal(headers.authorization, 'Basic b3JpZ2lu');
  }
});

test('an https image comes through a tunnel; the origin never sees the login of the proxy, nor the proxy that of the origin', async () => {
  await using server = await createImageServer(certificate);
  await using proxy = await startProxy(server, { authorization: proxyAuthorization });
  server.serve('/image', content, { etag: '"a"' });
  const options = through(`${proxyLogin}@${proxy.host}`, {
    authorization: 'Basic b3JpZ2lu',
    rules: createAddressRules(['127.0.0.0/8']),
  });
  await using image = await openRemoteImage([`${server.origin}/image`], options);
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.deepEqual(Buffer.from(await image.readAt(1_000_000, 100)), content.subarray(1_000_000, 1_000_100));
  assert.deepEqual(
    proxy.seen.map(({ line, headers }) => [line, headers.authorization]),
    Array(2).fill([`CONNECT 127.0.0.1:${portOf(server)}`, undefined]),
  );
  for (const { headers } of server.seen) {
    assert.equal(headers.authorization, 'Basic b3JpZ2lu');
    assert.equal(headers['proxy-authorization'], undefined);
  }
});

test('a tunnel that is cut is mended', async () => {
  await using server = await createImageServer(certificate);
  await using proxy = await startProxy(server, { cutAfter: 2_000_000 });
  server.serve('/image', content);
  const rules = createAddressRules(['127.0.0.0/8']);
  await using image = await openRemoteImage([`${server.origin}/image`], through(proxy.host, { rules }));
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.equal(image.fetchedBytes, content.length);
  assert.ok(server.seen.length > 2);
});

test('nothing is read ahead through a tunnel', async () => {
  await using server = await createImageServer(certificate);
  await using proxy = await startProxy(server);
  server.serve('/image', Buffer.alloc(256 << 20));
  const rules = createAddressRules(['127.0.0.0/8']);
  await using image = await openRemoteImage([`${server.origin}/image`], through(proxy.host, { rules }));
  const source = await image.readFrom(0);
  await source.fill(Buffer.alloc(1000));
  let before = -1;
  // It stands still once the buffers of the sockets are full.
  const stands = async (): Promise<boolean> => {
    const same = proxy.sentBytes === before;
    before = proxy.sentBytes;
    return same;
  };
  await until(stands, { withinMs: 10_000, everyMs: 300, what: 'a pause' });
  assert.ok(proxy.sentBytes < 32 << 20, `${proxy.sentBytes} bytes have been sent`);
  source.close();
});

test('a stall within a tunnel is noticed', async () => {
  await using server = await createImageServer(certificate);
  await using proxy = await startProxy(server);
  server.serve('/image', content, { stallAfter: 2_000_000, times: 1 });
  const options = through(proxy.host, { rules: createAddressRules(['127.0.0.0/8']), timeoutSeconds: 1 });
  await using image = await openRemoteImage([`${server.origin}/image`], options);
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.match(options.logged.join(), /no data for 1 s/);
  assert.equal(image.fetchedBytes, content.length);
});

test('the certificate behind a tunnel is checked, and against the host that was asked for', async () => {
  await using server = await createImageServer(certificate);
  await using proxy = await startProxy(server);
  server.serve('/image', content);
  const opening = openRemoteImage(['https://images.example/image'], through(proxy.host, { intervalSeconds: 600 }));
  await assert.rejects(opening, /through proxy http:\/\/127.*Hostname\/IP does not match certificate's altnames/);
  assert.deepEqual(
    proxy.seen.map(({ line }) => line),
    ['CONNECT images.example:443'],
  );
});

for (const scheme of ['http', 'https'] as const) {
  test(`a proxy that wants another login ends an ${scheme} transfer at once, named without its password`, async () => {
    await using server = await createImageServer(scheme === 'https' ? certificate : undefined);
    await using proxy = await startProxy(server, { authorization: proxyAuthorization });
    const options = through(`http://proxy:s3cret@${proxy.host}`, { intervalSeconds: 600 });
    await assert.rejects(openRemoteImage([`${scheme}://images.example/image`], options), (error: Error) => {
      assert.match(error.message, /images\.example\/image: .*status 407 Proxy Authentication Required$/);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
    assert.equal(proxy.seen.length, 1);
    assert.equal(server.seen.length, 0);
  });
}

test('a proxy that is down is tried again', async () => {
  const proxy = await refusedAddress();
  const opening = openRemoteImage(['http://images.example/image'], through(proxy));
  await assert.rejects(opening, /through proxy http:\/\/127[^ ]*: connection refused \(gave up after 3 rounds/);
});

test('hosts of no_proxy are asked directly, and then the rules count', async () => {
  await using server = await createImageServer();
  await using proxy = await startProxy(server);
  server.serve('/image', content);
  const noProxy = 'example.org, 127.0.0.0/8';
  const direct = through(proxy.host, { noProxy, rules: createAddressRules(['127.0.0.0/8']) });
  await using image = await openRemoteImage([`${server.origin}/image`], direct);
  assert.equal(image.sizeBytes, content.length);
  assert.equal(proxy.seen.length, 0);
  await assert.rejects(openRemoteImage([`${server.origin}/image`], through(proxy.host, { noProxy })), /is loopback/);
});

test('behind a proxy the rules count for a host that is an address', async () => {
  await using server = await createImageServer();
  await using proxy = await startProxy(server);
  for (const host of ['169.254.169.254', '[::1]', '127.1']) {
    const opening = openRemoteImage([`http://${host}/latest/meta-data`], through(proxy.host, { intervalSeconds: 600 }));
    await assert.rejects(opening, /refused unless image_allowed_networks has it/);
  }
  assert.equal(proxy.seen.length, 0);
});

test('the environment names no proxy', async () => {
  await using server = await createImageServer();
  const before = process.env['http_proxy'];
  process.env['http_proxy'] = await refusedAddress();
  try {
    await using image = await openRemoteImage([server.serve('/image', content)], remoteOptions());
    assert.equal(image.sizeBytes, content.length);
  } finally {
    if (before === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = before;
  }
});
