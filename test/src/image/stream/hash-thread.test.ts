import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { allocateBlocks } from '../../../../src/image/stream/block-pool.ts';
import { startHashThread } from '../../../../src/image/stream/hash-thread.ts';

test('hashes blocks in the order they are given', async () => {
  const { buffer, blocks } = allocateBlocks(2);
  const pieces = blocks.map(({ bytes }) => randomFillSync(bytes).subarray(0, 1_000_003));
  const expected = createHash('sha512');
  const hash = startHashThread('sha512', buffer);
  for (const piece of [...pieces, ...pieces.toReversed()]) {
    expected.update(piece);
    void hash.update(piece);
  }
  assert.equal(await hash.digest(), expected.digest('hex'));
  await hash.close();
});

test('everything asked of a thread that died is refused', async () => {
  const hash = startHashThread('no-such-hash', allocateBlocks(1).buffer);
  await assert.rejects(hash.digest(), /no-such-hash|Digest method not supported|hash thread ended/);
  await assert.rejects(hash.digest());
  await hash.close();
});

test('the thread is found in a bundle that has its file beside it', async (t) => {
  const outdir = mkdtempSync(join(tmpdir(), 'ironhand-bundle-'));
  t.after(() => rmSync(outdir, { recursive: true }));
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
  const entryPoints = ['hash-thread', 'hash-thread-main'].map((name) => `src/image/stream/${name}.ts`);
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outdir, logLevel: 'error' });
  const bundled: typeof import('../../../../src/image/stream/hash-thread.ts') = await import(
    pathToFileURL(join(outdir, 'hash-thread.js')).href
  );
  const { buffer, blocks } = allocateBlocks(1);
  const hash = bundled.startHashThread('sha256', buffer);
  await hash.update((blocks[0]?.bytes ?? assert.fail()).subarray(0, 10));
  assert.equal(await hash.digest(), createHash('sha256').update(Buffer.alloc(10)).digest('hex'));
  await hash.close();
});
