import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { DecompressionError } from '../../../../src/image/compression/decompression-error.ts';
import { decompressOnThread } from '../../../../src/image/compression/thread-stream.ts';
import { blockBytes } from '../../../../src/image/stream/block-pool.ts';
import type { StreamBlock } from '../../../../src/image/stream/block-stream.ts';
import { blockInput, contentOf } from '../../../support/block-input.ts';
import { mixedContent } from '../../../support/mixed-content.ts';

const content = mixedContent(3 * blockBytes + 5);

test('the thread is found in a bundle that has its file beside it', async (t) => {
  const outdir = mkdtempSync(join(tmpdir(), 'ironhand-bundle-'));
  t.after(() => rmSync(outdir, { recursive: true }));
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
  const entryPoints = ['thread-stream', 'decompress-thread-main'].map((name) => `src/image/compression/${name}.ts`);
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outdir, logLevel: 'error' });
  const bundled: typeof import('../../../../src/image/compression/thread-stream.ts') = await import(
    pathToFileURL(join(outdir, 'thread-stream.js')).href
  );
  assert.ok((await contentOf(bundled.decompressOnThread('gzip', blockInput(gzipSync(content))))).equals(content));
});

test('bad data is an error that names kind and place, behind the blocks before it', async () => {
  const good = zstdCompressSync(content);
  const stream = decompressOnThread('zstd', blockInput(Buffer.concat([good, Buffer.from('and more')])));
  for (let index = 0; index < 3; index += 1) (await stream.next())?.release();
  const error = await stream.next().then(
    () => assert.fail('no error'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DecompressionError, String(error));
  assert.equal(error.kind, 'zstd');
  assert.equal(error.offset, good.length);
  assert.equal(error.decompressedBytes, content.length);
  assert.match(
    error.message,
    /^the zstd data is followed by something that does not belong to it \(near byte \d+ of it/,
  );
  await assert.rejects(stream.next(), (again) => again === error);
  await stream.close();
});

test('runs ahead only as far as its blocks last, and takes no more input than it needs', async () => {
  const input = blockInput(gzipSync(mixedContent(20 * blockBytes), { level: 1 }), { sizes: [100_000] });
  const stream = decompressOnThread('gzip', input);
  const kept: StreamBlock[] = [];
  for (let index = 0; index < 4; index += 1) kept.push((await stream.next()) ?? assert.fail('ended'));
  const more = stream.next();
  assert.equal(await Promise.race([more, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))]), 'waits');
  assert.equal(new Set(kept.map(({ bytes }) => bytes.byteOffset)).size, 4);
  assert.equal(input.mostHeldBlocks, 2);
  kept[0]?.release();
  assert.equal((await more)?.offset, 4 * blockBytes);
  await stream.close();
});

test('close ends a wait, releases and closes the input, and may come twice and late', async () => {
  const input = blockInput(gzipSync(content).subarray(0, -9), { failure: new Error('not asked for') });
  const never = {
    ...input,
    next: async () => (await input.next().catch(() => null)) ?? new Promise<null>(() => undefined),
  };
  const reason = new Error('the operator said so');
  let end: (error: Error) => void = () => undefined;
  const hanging = {
    next: () =>
      Promise.race([
        never.next(),
        new Promise<null>((_, reject) => {
          end = reject;
        }),
      ]),
    close: async (why?: Error) => {
      end(why ?? new Error('no reason'));
      await input.close(why);
    },
  };
  const stream = decompressOnThread('gzip', hanging);
  for (let index = 0; index < 3; index += 1) (await stream.next())?.release();
  const waiting = assert.rejects(stream.next(), (error) => error === reason);
  await stream.close(reason);
  await waiting;
  assert.deepEqual(input.closedWith, [reason]);
  assert.equal(input.heldBlocks, 0);
  await stream.close();
  await assert.rejects(stream.next());
});

test('close after the end is quiet', async () => {
  const stream = decompressOnThread('zstd', blockInput(zstdCompressSync(Buffer.alloc(0))));
  assert.equal(await stream.next(), null);
  assert.equal(await stream.next(), null);
  await stream.close();
  await stream.close();
});
