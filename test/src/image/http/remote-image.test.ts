import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRemoteImage } from '../../../../src/image/http/remote-image.ts';
import { TransferError } from '../../../../src/image/http/transfer-error.ts';
import { createImageServer, refusedAddress } from '../../../support/image-server.ts';
import { readToEnd } from '../../../support/read-to-end.ts';
import { remoteOptions } from '../../../support/remote-options.ts';
import { until } from '../../../support/until.ts';

const content = randomBytes(3_000_017);
const etag = '"v1"';

test('one request opens an image and brings its bytes', async () => {
  await using server = await createImageServer();
  await using image = await openRemoteImage([server.serve('/image', content, { etag })], remoteOptions());
  assert.equal(image.sizeBytes, content.length);
  assert.equal(image.validator, etag);
  assert.equal(image.hasRandomAccess, true);
  assert.equal(image.fetchedBytes, 0);
  const source = await image.readFrom(0);
  assert.equal(source.sizeBytes, content.length);
  assert.ok(content.equals(await readToEnd(source)));
  assert.equal(image.fetchedBytes, content.length);
  assert.deepEqual(
    server.seen.map(({ headers }) => headers.range),
    ['bytes=0-'],
  );
});

for (const framing of ['length', 'chunked', 'close'] as const) {
  test(`reads from a server without ranges (${framing})`, async () => {
    await using server = await createImageServer();
    const address = server.serve('/image', content, { ignoresRange: true, framing });
    await using image = await openRemoteImage([address], remoteOptions());
    assert.equal(image.sizeBytes, framing === 'length' ? content.length : null);
    assert.equal(image.hasRandomAccess, false);
    assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
    assert.equal(server.seen.length, 1);
    await assert.rejects(image.readAt(0, 10), /no part of the image/);
  });
}

test('reads exactly what is asked for, anywhere', async () => {
  await using server = await createImageServer();
  await using image = await openRemoteImage([server.serve('/image', content, { etag })], remoteOptions());
  const last = content.length - 1;
  for (const [offset, length] of [
    [0, 512],
    [1, 1],
    [1_000_000, 65_536],
    [last, 1],
    [17, 0],
  ] as const) {
    assert.deepEqual(Buffer.from(await image.readAt(offset, length)), content.subarray(offset, offset + length));
  }
  assert.equal(image.fetchedBytes, 512 + 1 + 65_536 + 1);
  assert.deepEqual(
    server.seen.map(({ headers }) => [headers.range, headers['if-range']]),
    [
      ['bytes=0-', undefined],
      ['bytes=0-511', etag],
      ['bytes=1-1', etag],
      ['bytes=1000000-1065535', etag],
      [`bytes=${last}-${last}`, etag],
    ],
  );
  await assert.rejects(image.readAt(last, 2), (error) => error instanceof TransferError);
});

test('reads from any offset, at the end nothing', async () => {
  await using server = await createImageServer();
  await using image = await openRemoteImage([server.serve('/image', content)], remoteOptions());
  const source = await image.readFrom(2_000_000);
  assert.equal(source.sizeBytes, content.length - 2_000_000);
  assert.ok(content.subarray(2_000_000).equals(await readToEnd(source)));
  assert.equal(image.fetchedBytes, content.length - 2_000_000);
  assert.equal((await readToEnd(await image.readFrom(content.length))).length, 0);
  assert.equal(server.seen.length, 2);
  await assert.rejects(image.readFrom(content.length + 1), /is beyond 3000017/);
});

test('reads tables while the first answer waits', async () => {
  await using server = await createImageServer();
  await using image = await openRemoteImage([server.serve('/image', content, { etag })], remoteOptions());
  const source = await image.readFrom(0);
  const start = Buffer.alloc(1000);
  await source.fill(start);
  assert.deepEqual(Buffer.from(await image.readAt(2_000_000, 10)), content.subarray(2_000_000, 2_000_010));
  assert.ok(content.equals(Buffer.concat([start, await readToEnd(source)])));
  assert.equal(image.fetchedBytes, content.length + 10);
});

test('goes on in the next mirror where one breaks, each with its own validator', async () => {
  await using one = await createImageServer();
  await using other = await createImageServer();
  const addresses = [
    one.serve('/image', content, { etag: '"one"', endAfter: 1_000_000 }),
    other.serve('/image', content, { etag: '"other"', endAfter: 1_000_000 }),
  ];
  await using image = await openRemoteImage(addresses, remoteOptions());
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.equal(image.fetchedBytes, content.length);
  const asked = [one, other].map(({ seen }) => seen.map(({ headers }) => [headers.range, headers['if-range']]));
  assert.deepEqual(asked, [
    [
      ['bytes=0-', undefined],
      ['bytes=2000000-', '"one"'],
    ],
    [
      ['bytes=1000000-', undefined],
      ['bytes=3000000-', '"other"'],
    ],
  ]);
});

test('opens the first mirror that has it', async () => {
  await using server = await createImageServer();
  const refused = await refusedAddress();
  const options = remoteOptions();
  const addresses = [`${refused}/image`, `${server.origin}/gone`, server.serve('/image', content)];
  await using image = await openRemoteImage(addresses, options);
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.deepEqual(options.logged, [
    `download failed: ${refused}/image: connection refused`,
    `address is not asked again: ${server.origin}/gone: status 404 Not Found`,
    'image server answered',
  ]);
});

test('does not ask a mirror again that has an object of another size', async () => {
  await using one = await createImageServer();
  await using other = await createImageServer();
  const options = remoteOptions();
  const addresses = [one.serve('/image', content, { endAfter: 1_000_000 }), other.serve('/image', content.subarray(5))];
  await using image = await openRemoteImage(addresses, options);
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.equal(other.seen.length, 1);
  assert.equal(image.fetchedBytes, content.length);
  assert.ok(options.logged.some((line) => /another object: has 3000012 bytes, expected 3000017/.test(line)));
});

test('an empty object is named so', async () => {
  await using server = await createImageServer();
  const opening = openRemoteImage([server.serve('/image', Buffer.alloc(0))], remoteOptions());
  await assert.rejects(opening, /\/image: status 416: the object is empty$/);
  assert.equal(server.seen.length, 1);
});

test('closing ends a read that waits for data, or for the next round', async () => {
  await using server = await createImageServer();
  for (const behaviour of [{ stallAfter: 100 }, { endAfter: 100 }]) {
    const options = remoteOptions({ timeoutSeconds: 60, intervalSeconds: 600 });
    await using image = await openRemoteImage([server.serve('/image', content, behaviour)], options);
    const source = await image.readFrom(0);
    const reading = readToEnd(source);
    setTimeout(() => source.close(new Error('disk is gone')), 50);
    await assert.rejects(reading, /^Error: disk is gone$/);
    await assert.rejects(source.fill(Buffer.alloc(1)), /^Error: disk is gone$/);
  }
});

test('an abort ends a read with its reason, also while a round is waited for', async () => {
  await using server = await createImageServer();
  for (const behaviour of [{ stallAfter: 100 }, { endAfter: 100 }]) {
    const controller = new AbortController();
    const options = remoteOptions({ timeoutSeconds: 60, intervalSeconds: 600, signal: controller.signal });
    await using image = await openRemoteImage([server.serve('/image', content, behaviour)], options);
    const reading = readToEnd(await image.readFrom(0));
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await assert.rejects(reading, /^Error: enough$/);
  }
});

test('no connection outlives its use', async () => {
  await using server = await createImageServer();
  const large = Buffer.alloc(64 << 20);
  const address = server.serve('/image', large);
  const open = (count: number) =>
    until(async () => (await server.connections()) === count, { withinMs: 2000, what: `${count} open connections` });
  {
    await using _unread = await openRemoteImage([address], remoteOptions());
    await open(1);
  }
  await open(0);
  {
    await using image = await openRemoteImage([address], remoteOptions());
    const source = await image.readFrom(large.length - 10);
    await open(0);
    assert.equal((await readToEnd(source)).length, 10);
    await open(0);
    await image.readAt(0, 10);
    await open(0);
    await (await image.readFrom(0)).fill(Buffer.alloc(10));
    await open(1);
  }
  await open(0);
});

test('disposing ends all that is open', async () => {
  await using server = await createImageServer();
  const options = remoteOptions({ timeoutSeconds: 60 });
  const image = await openRemoteImage([server.serve('/image', content, { stallAfter: 100 })], options);
  const reading = readToEnd(await image.readFrom(0));
  setTimeout(() => void image[Symbol.asyncDispose](), 50);
  await assert.rejects(reading, /^Error: the reader was closed$/);
});

test('reads nothing ahead of its reader', async () => {
  await using server = await createImageServer();
  await using image = await openRemoteImage([server.serve('/image', Buffer.alloc(64 << 20))], remoteOptions());
  const before = process.memoryUsage.rss();
  await sleep(300);
  assert.ok(process.memoryUsage.rss() - before < 16 << 20);
  assert.equal(image.fetchedBytes, 0);
});
