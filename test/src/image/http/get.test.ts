import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from '../../../../src/image/http/get.ts';
import { isPassing, TransferError } from '../../../../src/image/http/transfer-error.ts';
import { createImageServer, refusedAddress } from '../../../support/image-server.ts';
import { readToEnd } from '../../../support/read-to-end.ts';
import { remoteOptions } from '../../../support/remote-options.ts';

const content = randomBytes(3_000_017);

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const failure = (passing: boolean, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof TransferError, String(error));
  assert.match(error.message, message);
  assert.equal(isPassing(error), passing, error.message);
  return true;
};

for (const framing of ['length', 'chunked', 'close'] as const) {
  test(`reads a body with framing ${framing}`, async () => {
    await using server = await createImageServer();
    const source = await get(server.serve('/image', content, { framing }), remoteOptions());
    assert.equal(source.sizeBytes, framing === 'length' ? content.length : null);
    assert.equal(sha(await readToEnd(source)), sha(content));
    assert.equal(await source.fill(Buffer.alloc(10)), 0);
    source.close();
  });
}

test('reads chunks of any size whose lines are cut anywhere', async (t) => {
  const body = content.subarray(0, 5000);
  const text = Buffer.concat([
    Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ...[1, 2, 997, 4000].flatMap((size, index, sizes) => {
      const start = sizes.slice(0, index).reduce((sum, value) => sum + value, 0);
      return [Buffer.from(`${size.toString(16)};x=y\r\n`), body.subarray(start, start + size), Buffer.from('\r\n')];
    }),
    Buffer.from('0\r\nTrailer: yes\r\n\r\n'),
  ]);
  const address = await rawServer(t, async (send) => {
    for (let at = 0; at < text.length; at += 37) {
      send(text.subarray(at, at + 37));
      if (at % 370 === 0) await sleep(1);
    }
  });
  const source = await get(address, remoteOptions());
  assert.equal(sha(await readToEnd(source, 1234)), sha(body));
});

test('reads nothing ahead while the consumer does not ask', async () => {
  await using server = await createImageServer();
  const source = await get(server.serve('/image', Buffer.alloc(64 << 20)), remoteOptions());
  const before = process.memoryUsage.rss();
  await sleep(300);
  assert.ok(process.memoryUsage.rss() - before < 16 << 20);
  source.close();
});

test('follows redirects, and keeps the authorization to the origin it was meant for', async () => {
  await using first = await createImageServer();
  await using other = await createImageServer();
  other.serve('/image', content);
  first.serve('/b', '', { status: 302, headers: { location: `${other.origin}/image` } });
  const address = first.serve('/a', '', { status: 307, headers: { location: 'b' } });
  const source = await get(address, remoteOptions({ authorization: 'Basic c2VjcmV0' }));
  assert.equal((await readToEnd(source)).length, content.length);
  assert.deepEqual(
    first.seen.map(({ path, headers }) => [path, headers.authorization]),
    [
      ['/a', 'Basic c2VjcmV0'],
      ['/b', 'Basic c2VjcmV0'],
    ],
  );
  assert.deepEqual(
    other.seen.map(({ headers }) => headers.authorization),
    [undefined],
  );
});

test('takes user and password from the address', async () => {
  await using server = await createImageServer();
  const authorization = `Basic ${Buffer.from('me:s%cret').toString('base64')}`;
  const address = server.serve('/image', content, { authorization }).replace('//', '//me:s%25cret@');
  assert.equal((await readToEnd(await get(address, remoteOptions()))).length, content.length);
});

test('refuses to be redirected to another scheme', async () => {
  await using server = await createImageServer();
  const address = server.serve('/image', '', { status: 301, headers: { location: 'file:///etc/passwd' } });
  await assert.rejects(get(address, remoteOptions()), failure(false, /scheme file, only http and https/));
});

test('ends a circle of redirects', async () => {
  await using server = await createImageServer();
  const address = server.serve('/image', '', { status: 301, headers: { location: '/image' } });
  await assert.rejects(get(address, remoteOptions()), failure(false, /more than 10 redirects/));
  assert.equal(server.seen.length, 11);
});

for (const [status, passing] of [
  [404, false],
  [401, false],
  [416, false],
  [204, false],
  [408, true],
  [429, true],
  [500, true],
  [503, true],
] as const) {
  test(`status ${status} is ${passing ? 'passing' : 'final'}`, async () => {
    await using server = await createImageServer();
    await assert.rejects(
      get(server.serve('/image', '', { status }), remoteOptions()),
      failure(passing, new RegExp(`${status}`)),
    );
  });
}

test('does not show the query of an address, which may be a signature', async () => {
  await using server = await createImageServer();
  await assert.rejects(get(`${server.origin}/gone?sig=s3cret`, remoteOptions()), (error: Error) => {
    assert.match(error.message, /\/gone\?\.\.\.: status 404/);
    return true;
  });
});

test('a refused connection is passing', async () => {
  await assert.rejects(get(`${await refusedAddress()}/image`, remoteOptions()), failure(true, /connection refused/));
});

test('a name that does not resolve is passing', async () => {
  await assert.rejects(get('http://image.invalid/x', remoteOptions()), failure(true, /image\.invalid/));
});

for (const [name, behaviour] of [
  ['reset', { cutAfter: 1_000_000 }],
  ['ended early', { endAfter: 1_000_000 }],
  ['ended early within chunks', { endAfter: 1_000_000, framing: 'chunked' }],
  ['stalled', { stallAfter: 1_000_000 }],
  ['stalled before the first byte', { stallAfter: 0 }],
] as const) {
  test(`a body that is ${name} is passing`, async () => {
    await using server = await createImageServer();
    const source = await get(server.serve('/image', content, behaviour), remoteOptions({ timeoutSeconds: 1 }));
    await assert.rejects(readToEnd(source), failure(true, /./));
  });
}

test('a server that says nothing is passing', async (t) => {
  const address = await rawServer(t, async () => {});
  await assert.rejects(get(address, remoteOptions({ timeoutSeconds: 1 })), failure(true, /no data for 1 s/));
});

test('a server that is no HTTP server is final', async (t) => {
  const address = await rawServer(t, async (send) => send(Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n\r\n')));
  await assert.rejects(get(address, remoteOptions()), failure(false, /not the status line/));
});

test('a head without end is final', async (t) => {
  const address = await rawServer(t, async (send) => send(Buffer.alloc(200_000, 'a')));
  await assert.rejects(get(address, remoteOptions()), failure(false, /head is too long/));
});

test('skips interim answers', async (t) => {
  const text = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const address = await rawServer(t, async (send) => send(Buffer.from(text)));
  assert.equal(String(await readToEnd(await get(address, remoteOptions()))), 'ok');
});

test('a compressed body that nobody asked for is final', async () => {
  await using server = await createImageServer();
  const address = server.serve('/image', content, { headers: { 'content-encoding': 'gzip' } });
  await assert.rejects(get(address, remoteOptions()), failure(false, /content-encoding gzip/));
});

test('an abort ends a read with its reason', async () => {
  await using server = await createImageServer();
  const controller = new AbortController();
  const address = server.serve('/image', content, { stallAfter: 100 });
  const source = await get(address, remoteOptions({ signal: controller.signal, timeoutSeconds: 60 }));
  const reading = readToEnd(source);
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await assert.rejects(reading, /^Error: enough$/);
});

test('closing ends a read with the reason given', async () => {
  await using server = await createImageServer();
  const source = await get(server.serve('/image', content, { stallAfter: 100 }), remoteOptions({ timeoutSeconds: 60 }));
  const reading = readToEnd(source);
  setTimeout(() => source.close(new Error('disk is gone')), 50);
  await assert.rejects(reading, /^Error: disk is gone$/);
});

/** A server that sends what it is told and then keeps the connection open. */
async function rawServer(t: TestContext, talk: (send: (bytes: Buffer) => void) => Promise<void>): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => void talk((bytes) => socket.write(bytes)));
    t.after(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/image`;
}
