import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import type { Config } from '../../../../src/core/config.ts';
import { get } from '../../../../src/image/http/get.ts';
import type { RemoteOptions } from '../../../../src/image/http/remote-options.ts';
import { tlsSettings } from '../../../../src/image/http/tls-settings.ts';
import { isPassing } from '../../../../src/image/http/transfer-error.ts';
import { createImageServer } from '../../../support/image-server.ts';
import { remoteOptions } from '../../../support/remote-options.ts';
import { makeTestCertificate } from '../../../support/test-certificate.ts';

const certificate = makeTestCertificate();
after(() => certificate.remove());
const content = randomBytes(20_000_003);

async function fetch(address: string, config: Partial<Config>, more: Partial<RemoteOptions> = {}): Promise<Buffer> {
  const settings = { insecure: false, caFile: null, certFile: null, keyFile: null, ...config } as Config;
  const tls = () => tlsSettings(settings);
  const source = await get(address, remoteOptions({ tls, ...more }));
  try {
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = Buffer.alloc(1_000_000);
      const count = await source.fill(piece);
      pieces.push(piece.subarray(0, count));
      if (count < piece.length) return Buffer.concat(pieces);
    }
  } finally {
    source.close();
  }
}

for (const framing of ['length', 'chunked', 'close'] as const) {
  test(`reads over TLS with the CA that was configured (${framing})`, async () => {
    await using server = await createImageServer(certificate);
    const address = server.serve('/image', content, { framing });
    assert.ok(content.equals(await fetch(address, { caFile: certificate.certFile })));
  });
}

test('trying again does not help with a certificate that nobody vouches for', async () => {
  await using server = await createImageServer(certificate);
  await assert.rejects(fetch(server.serve('/image', content), {}), (error: Error) => {
    assert.match(error.message, /self-signed certificate/);
    assert.equal(isPassing(error), false);
    return true;
  });
});

test('takes any certificate when told so', async () => {
  await using server = await createImageServer(certificate);
  assert.equal((await fetch(server.serve('/image', content), { insecure: true })).length, content.length);
});

test('a connection cut within TLS is passing', async () => {
  await using server = await createImageServer(certificate);
  const address = server.serve('/image', content, { cutAfter: 5_000_000 });
  await assert.rejects(fetch(address, { caFile: certificate.certFile }), (error) => isPassing(error));
});

test('a server that stalls within TLS is passing', async () => {
  await using server = await createImageServer(certificate);
  const address = server.serve('/image', content, { stallAfter: 5_000_000 });
  const stalled = fetch(address, { caFile: certificate.certFile }, { timeoutSeconds: 2 });
  await assert.rejects(stalled, /no data for 2 s/);
});
