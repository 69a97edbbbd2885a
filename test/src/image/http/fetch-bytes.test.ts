import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fetchBytes } from '../../../../src/image/http/fetch-bytes.ts';
import { fetchText } from '../../../../src/image/http/fetch-text.ts';
import { createImageServer } from '../../../support/image-server.ts';
import { remoteOptions } from '../../../support/remote-options.ts';

const content = randomBytes(3_000_017);

for (const framing of ['length', 'chunked'] as const) {
  test(`fetches all bytes up to the limit, and none beyond (${framing})`, async () => {
    await using server = await createImageServer();
    const address = server.serve('/drive', content, { framing });
    assert.ok(content.equals(await fetchBytes(address, remoteOptions(), content.length)));
    await assert.rejects(
      fetchBytes(address, remoteOptions({ intervalSeconds: 600 }), content.length - 1),
      /\/drive: longer than 3000016 bytes$/,
    );
    assert.equal(server.seen.length, 2);
  });
}

test('what says that it is too long is not read at all', async () => {
  await using server = await createImageServer();
  const fetching = fetchBytes(server.serve('/drive', content, { stallAfter: 0 }), remoteOptions(), 1000);
  await assert.rejects(fetching, /longer than 1000 bytes$/);
  assert.equal(server.seen.length, 1);
});

test('an attempt that broke begins again', async () => {
  await using server = await createImageServer();
  const address = server.serve('/drive', content, { endAfter: 1_000_000, times: 2 });
  assert.ok(content.equals(await fetchBytes(address, remoteOptions(), content.length)));
  assert.equal(server.seen.length, 3);
  server.serve('/drive', content, { endAfter: 1_000_000 });
  await assert.rejects(fetchBytes(address, remoteOptions(), content.length), /gave up after 3 rounds over 1 address/);
});

test('what is final is not tried again', async () => {
  await using server = await createImageServer();
  const opening = fetchBytes(`${server.origin}/gone`, remoteOptions({ intervalSeconds: 600 }), 10);
  await assert.rejects(opening, /\/gone: status 404 Not Found$/);
  assert.equal(server.seen.length, 1);
});

test('fetches a text of at most a MiB', async () => {
  await using server = await createImageServer();
  assert.equal(await fetchText(server.serve('/a', Buffer.from('grüße\n')), remoteOptions()), 'grüße\n');
  assert.equal(await fetchText(server.serve('/empty', Buffer.alloc(0)), remoteOptions()), '');
  const long = server.serve('/b', Buffer.alloc((1 << 20) + 1));
  await assert.rejects(fetchText(long, remoteOptions()), /longer than 1048576 bytes/);
});
