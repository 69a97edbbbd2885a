import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { test } from 'node:test';
import { type SpoolOptions, spoolBlocks, spoolLimit } from '../../../../src/image/spool/spool-blocks.ts';
import { SpoolError } from '../../../../src/image/spool/spool-error.ts';
import { blockStreamOf } from '../../../support/block-stream-of.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const options = (dir: string, over: Partial<SpoolOptions> = {}): SpoolOptions => ({
  dir,
  limitBytes: 1 << 20,
  expectedBytes: null,
  signal: new AbortController().signal,
  ...over,
});

const pieces = [randomBytes(300_000), randomBytes(300_000), randomBytes(7)];
const whole = Buffer.concat(pieces);

test('keeps a stream in a file that only root can read, and removes it at disposal', async () => {
  using dir = temporaryDirectory();
  const stream = blockStreamOf(pieces);
  {
    await using spool = await spoolBlocks(
      stream,
      options(dir.path, { limitBytes: whole.length, expectedBytes: whole.length }),
    );
    assert.equal(spool.sizeBytes, whole.length);
    assert.equal(spool.hasRandomAccess, true);
    assert.equal(statSync(spool.path).mode & 0o777, 0o600);
    assert.deepEqual(readFileSync(spool.path), whole);
    assert.equal(stream.held(), 0);
    await spool[Symbol.asyncDispose]();
    assert.deepEqual(readdirSync(dir.path), []);
  }
});

test('reads at any place, and from any place into shared memory', async () => {
  using dir = temporaryDirectory();
  await using spool = await spoolBlocks(blockStreamOf(pieces), options(dir.path));
  assert.deepEqual(Buffer.from(await spool.readAt(299_990, 20)), whole.subarray(299_990, 300_010));
  await assert.rejects(spool.readAt(whole.length - 5, 6), /ends at byte 600007, 6 bytes at 600002 were wanted/);
  const source = await spool.readFrom(100);
  assert.equal(source.sizeBytes, whole.length - 100);
  const into = new Uint8Array(new SharedArrayBuffer(400_000));
  const read: Buffer[] = [];
  for (let length = await source.fill(into); length > 0; length = await source.fill(into)) {
    read.push(Buffer.from(into.slice(0, length)));
  }
  assert.deepEqual(
    read.map(({ length }) => length),
    [400_000, 199_907],
  );
  assert.deepEqual(Buffer.concat(read), whole.subarray(100));
  const reason = new Error('enough');
  source.close(reason);
  await assert.rejects(source.fill(into), reason);
});

test('refuses what cannot fit before it reads or writes anything', async () => {
  using dir = temporaryDirectory();
  const stream = blockStreamOf([new Error('was read')]);
  await assert.rejects(
    spoolBlocks(stream, options(dir.path, { expectedBytes: (1 << 20) + 1 })),
    (error: Error) => error instanceof SpoolError && /1048577 bytes are more than the 1048576 that/.test(error.message),
  );
  assert.deepEqual(readdirSync(dir.path), []);
  assert.equal(stream.closed.length, 1);
});

test('stops as soon as the stream passes the limit, whatever was promised', async () => {
  using dir = temporaryDirectory();
  const stream = blockStreamOf([...pieces, ...pieces, new Error('was read too far')]);
  await assert.rejects(spoolBlocks(stream, options(dir.path, { limitBytes: 700_000, expectedBytes: 10 })), SpoolError);
  assert.deepEqual(readdirSync(dir.path), []);
  assert.equal(stream.held(), 0);
});

test('leaves nothing behind when the stream breaks or the job is aborted', async () => {
  using dir = temporaryDirectory();
  const broken = new Error('connection reset');
  const stream = blockStreamOf([...pieces, broken]);
  await assert.rejects(spoolBlocks(stream, options(dir.path)), broken);
  assert.deepEqual(stream.closed, [broken]);
  const reason = new Error('aborted');
  const aborted = blockStreamOf(pieces);
  await assert.rejects(spoolBlocks(aborted, options(dir.path, { signal: AbortSignal.abort(reason) })), reason);
  assert.equal(aborted.held(), 0);
  assert.deepEqual(readdirSync(dir.path), []);
});

test('says where no file can be made', async () => {
  await assert.rejects(
    spoolBlocks(blockStreamOf([]), options('/nonexistent')),
    /cannot make a spool file in \/nonexist/,
  );
});

test('limits images to what is configured or to half of what is free', async () => {
  using dir = temporaryDirectory();
  const { bavail, bsize } = await statfs(dir.path);
  const free = bavail * bsize;
  assert.equal(await spoolLimit(dir.path, 4096), 4096);
  const half = await spoolLimit(dir.path, 0);
  assert.ok(Math.abs(half - free / 2) < free * 0.1, `${half} of ${free}`);
  assert.ok((await spoolLimit(dir.path, free * 4)) <= free * 1.1);
});
