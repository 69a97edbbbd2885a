import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ObjectChangedError } from '../../../../src/image/http/object-changed-error.ts';
import { openRemoteImage } from '../../../../src/image/http/remote-image.ts';
import type { RemoteOptions } from '../../../../src/image/http/remote-options.ts';
import { TransferError } from '../../../../src/image/http/transfer-error.ts';
import { type Behaviours, createImageServer } from '../../../support/image-server.ts';
import { readToEnd } from '../../../support/read-to-end.ts';
import { remoteOptions } from '../../../support/remote-options.ts';

const content = randomBytes(3_000_017);
const size = content.length;
const etag = '"v1"';

interface Outcome {
  readonly bytes: Buffer | null;
  readonly error: unknown;
  readonly fetched: number;
  /** Range of each request. */
  readonly ranges: readonly (string | undefined)[];
  readonly logged: readonly string[];
}

/** Reads the whole from a server of that behaviour. */
async function read(behaviour: Behaviours, more: Partial<RemoteOptions> = {}): Promise<Outcome> {
  await using server = await createImageServer();
  const options = remoteOptions(more);
  const outcome = (rest: Pick<Outcome, 'bytes' | 'error' | 'fetched'>): Outcome => {
    const ranges = server.seen.map(({ headers }) => headers.range);
    return { ...rest, ranges, logged: options.logged };
  };
  let fetched = 0;
  try {
    await using image = await openRemoteImage([server.serve('/image', content, behaviour)], options);
    try {
      const bytes = await readToEnd(await image.readFrom(0), 4 << 20);
      return outcome({ bytes, error: null, fetched: image.fetchedBytes });
    } finally {
      fetched = image.fetchedBytes;
    }
  } catch (error) {
    return outcome({ bytes: null, error, fetched });
  }
}

function isWhole({ bytes, error }: Outcome): void {
  assert.equal(error, null);
  assert.ok(bytes && content.equals(bytes));
}

function isFinal({ error }: Outcome, message: RegExp): void {
  assert.ok(error instanceof TransferError, String(error));
  assert.match(error.message, message);
  assert.equal(error.passing, false);
}

test('cuts at random offsets cost not one byte that had come', async () => {
  for (let run = 0; run < 10; run += 1) {
    const cut = ['cutAfter', 'endAfter'][run % 2] ?? '';
    const framing = run % 3 === 0 ? 'chunked' : 'length';
    const outcome = await read(() => ({ etag, framing, [cut]: 200_000 + Math.floor(Math.random() * 1_500_000) }));
    isWhole(outcome);
    assert.equal(outcome.fetched, size);
    assert.ok(outcome.ranges.length > 1);
    assert.equal(new Set(outcome.ranges).size, outcome.ranges.length, 'asked for the same bytes twice');
  }
});

test('a stall is noticed, and only the rest is fetched', async () => {
  const stallOnce: Behaviours = (request) => ({ etag, ...(request === 1 ? { stallAfter: 1_000_000 } : {}) });
  const outcome = await read(stallOnce, { timeoutSeconds: 1 });
  isWhole(outcome);
  assert.equal(outcome.fetched, size);
  assert.deepEqual(outcome.ranges, ['bytes=0-', 'bytes=1000000-']);
  assert.match(outcome.logged.join(), /no data for 1 s/);
});

test('a server that is slow but alive is no stall', async () => {
  const outcome = await read({ bytesPerSecond: 2_000_000 }, { timeoutSeconds: 1 });
  isWhole(outcome);
  assert.equal(outcome.ranges.length, 1);
});

test('where ranges are ignored, the bytes before the break are fetched and dropped', async () => {
  const outcome = await read((request) => ({ ignoresRange: true, ...(request === 1 ? { endAfter: 1_000_000 } : {}) }));
  isWhole(outcome);
  assert.equal(outcome.fetched, 1_000_000 + size);
});

test('the same where the server has the same version by its ETag', async () => {
  const outcome = await read((request) => ({
    etag,
    ...(request === 1 ? { endAfter: 1_000_000 } : { ignoresRange: true }),
  }));
  isWhole(outcome);
  assert.equal(outcome.fetched, 1_000_000 + size);
});

test('a server that never gets beyond the same byte is given up', async () => {
  const outcome = await read({ ignoresRange: true, endAfter: 1_000_000 });
  isFinal(outcome, /body ended after 1000000 of 3000017 bytes \(gave up after 3 rounds over 1 address\)/);
  assert.equal(outcome.ranges.length, 3);
  // Each further attempt has to fetch that million again.
  assert.equal(outcome.fetched, 3_000_000);
});

test('a server that always gives a little more is read to the end', async () => {
  const outcome = await read({ etag, endAfter: 200_000 }, { retries: 1 });
  isWhole(outcome);
  assert.equal(outcome.fetched, size);
  assert.equal(outcome.ranges.length, 16);
});

for (const contentRange of ['bytes 0-2000016/3000017', `bytes 999999-3000016/3000017`, 'none']) {
  test(`a 206 with ${contentRange} is not taken for what was asked for`, async () => {
    const outcome = await read((request) => (request === 1 ? { etag, endAfter: 1_000_000 } : { etag, contentRange }));
    isFinal(outcome, /wrong 206: asked for bytes 1000000-, answered with content-range .*gave up after 3 rounds/);
    assert.equal(outcome.fetched, 1_000_000);
    const mended = await read((request) => {
      if (request === 1) return { etag, endAfter: 1_000_000 };
      return request === 2 ? { etag, contentRange } : { etag };
    });
    isWhole(mended);
    assert.equal(mended.fetched, size);
  });
}

for (const [name, second] of [
  ['honours If-Range', {}],
  ['ignores If-Range', { ignoresIfRange: true }],
  ['ignores ranges', { ignoresRange: true }],
] as const) {
  test(`an ETag that changes in the middle ends it, on a server that ${name}`, async () => {
    const outcome = await read((request) =>
      request === 1 ? { etag, endAfter: 1_000_000 } : { etag: '"v2"', ...second },
    );
    assert.ok(outcome.error instanceof ObjectChangedError, String(outcome.error));
    assert.match(outcome.error.message, /\/image: the object has changed: its ETag was "v1" and is "v2"/);
    assert.equal(outcome.fetched, 1_000_000);
    assert.equal(outcome.ranges.length, 2);
  });
}

for (const [name, bytes] of [
  ['longer', Buffer.alloc(size + 1)],
  ['shorter', Buffer.alloc(2_000_000)],
  ['shorter than what has come', Buffer.alloc(500_000)],
] as const) {
  test(`an object that is ${name} than before ends it, without any ETag`, async () => {
    const outcome = await read((request) => (request === 1 ? { endAfter: 1_000_000 } : { content: bytes }));
    assert.ok(outcome.error instanceof ObjectChangedError, String(outcome.error));
    assert.match(outcome.error.message, new RegExp(`has ${bytes.length} bytes, expected 3000017`));
    assert.equal(outcome.fetched, 1_000_000);
  });
}

test('a weak ETag is no reason to start over', async () => {
  const outcome = await read((request) => (request === 1 ? { etag: 'W/"1"', endAfter: 1_000_000 } : { etag: 'W/"2"' }));
  isWhole(outcome);
  assert.equal(outcome.fetched, size);
});

for (const status of [401, 403, 404, 410, 418]) {
  test(`status ${status} ends it at once, at the start and in the middle`, async () => {
    const atStart = await read({ status }, { intervalSeconds: 600 });
    isFinal(atStart, new RegExp(`/image: status ${status}`));
    assert.equal(atStart.ranges.length, 1);
    assert.equal(atStart.fetched, 0);
    const inMiddle = await read((request) => (request === 1 ? { endAfter: 1_000_000 } : { status }));
    isFinal(inMiddle, new RegExp(`/image: status ${status}`));
    assert.equal(inMiddle.ranges.length, 2);
    assert.equal(inMiddle.fetched, 1_000_000);
  });
}

for (const status of [408, 425, 429, 500, 502, 503]) {
  test(`status ${status} is tried again, round after round`, async () => {
    const mended = await read((request) => (request === 1 ? { status } : {}));
    isWhole(mended);
    assert.equal(mended.fetched, size);
    const broken = await read({ status });
    isFinal(broken, new RegExp(`/image: status ${status} .*\\(gave up after 3 rounds over 1 address\\)`));
    assert.equal(broken.ranges.length, 3);
  });
}

test('Content-Length that says too much is not believed for ever', async () => {
  const headers = { 'content-length': String(size + 1000) };
  const outcome = await read({ ignoresRange: true, headers, endAfter: size });
  isFinal(outcome, /body ended after 3000017 of 3001017 bytes \(gave up/);
  assert.equal(outcome.fetched, 3 * size);
});

test('Content-Length that says too little gives what it says', async () => {
  const outcome = await read({ ignoresRange: true, headers: { 'content-length': '1000' } });
  assert.equal(outcome.bytes?.length, 1000);
  assert.equal(outcome.fetched, 1000);
});

test('Content-Length that contradicts Content-Range is a wrong 206', async () => {
  const outcome = await read({ headers: { 'content-length': '1000' } });
  isFinal(outcome, /wrong 206: .* bytes 0-3000016\/3000017 and content-length 1000 \(gave up/);
  assert.equal(outcome.fetched, 0);
});

test('a server that gives only a part of what is asked for is asked for the next', async () => {
  const outcome = await read((request) => {
    const start = (request - 1) * 1_000_000;
    const end = Math.min(start + 1_000_000, size);
    return {
      contentRange: `bytes ${start}-${end - 1}/${size}`,
      headers: { 'content-length': String(end - start) },
      content,
    };
  });
  isWhole(outcome);
  assert.equal(outcome.fetched, size);
  assert.deepEqual(outcome.ranges, ['bytes=0-', 'bytes=1000000-', 'bytes=2000000-', 'bytes=3000000-']);
  assert.deepEqual(outcome.logged, ['image server answered']);
});

test('all addresses that are bad for good are named, without password and query', async () => {
  await using server = await createImageServer();
  const moved = server.serve('/moved', '', { status: 302, headers: { location: '/gone?key=s3cret' } });
  const addresses = [`${server.serve('/denied', '', { status: 403 })}?sig=s3cret`, moved.replace('//', '//me:s3cret@')];
  await assert.rejects(openRemoteImage(addresses, remoteOptions()), (error: Error) => {
    const at = server.origin;
    assert.equal(
      error.message,
      `${at}/denied?...: status 403 Forbidden; ${at}/moved: ${at}/gone?...: status 404 Not Found`,
    );
    return true;
  });
});

test('a broken read of a few bytes is mended too, and watches the validator', async () => {
  await using server = await createImageServer();
  const address = server.serve('/image', content, (request) => (request === 2 ? { etag, endAfter: 10 } : { etag }));
  await using image = await openRemoteImage([address], remoteOptions());
  assert.deepEqual(Buffer.from(await image.readAt(1_000_000, 100)), content.subarray(1_000_000, 1_000_100));
  assert.deepEqual(
    server.seen.map(({ headers }) => headers.range),
    ['bytes=0-', 'bytes=1000000-1000099', 'bytes=1000010-1000099'],
  );
  assert.equal(image.fetchedBytes, 100);
  server.serve('/image', content, { etag: '"v2"' });
  await assert.rejects(image.readAt(0, 10), ObjectChangedError);
  server.serve('/image', content, { etag, ignoresRange: true });
  await assert.rejects(image.readAt(2_000_000, 10), /sent the whole object instead of the part from byte 2000000/);
  assert.equal(image.fetchedBytes, 100);
});
