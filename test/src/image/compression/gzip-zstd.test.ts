import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { suite, test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { decompressOnThread } from '../../../../src/image/compression/thread-stream.ts';
import { blockBytes } from '../../../../src/image/stream/block-pool.ts';
import { blockInput, contentOf } from '../../../support/block-input.ts';

/** Noise, zeros and text in turn, in pieces that are no multiple of anything. */
function mixed(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const piece = 333_337;
  for (let at = 0, turn = 0; at < length; at += piece, turn += 1) {
    const part = bytes.subarray(at, at + piece);
    if (turn % 3 === 0) randomFillSync(part);
    if (turn % 3 === 1) part.fill(`line ${turn} of a text that repeats itself\n`);
  }
  return bytes;
}

const compressors = {
  gzip: (bytes: Buffer) => gzipSync(bytes, { level: 1 }),
  zstd: (bytes: Buffer) =>
    zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }),
};

for (const kind of ['gzip', 'zstd'] as const) {
  suite(kind, () => {
    const compress = compressors[kind];

    for (const size of [0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 50 * 1024 * 1024]) {
      test(`gives back ${size} bytes`, async () => {
        const content = mixed(size);
        const input = blockInput(compress(content));
        const output = await contentOf(decompressOnThread(kind, input));
        assert.ok(output.equals(content), `${output.length} bytes`);
        assert.equal(input.heldBlocks, 0);
        assert.ok(input.mostHeldBlocks <= 2);
      });
    }

    test('takes members one behind the other as one stream', async () => {
      const parts = [mixed(700_000), Buffer.alloc(0), mixed(blockBytes), mixed(1), mixed(99)];
      const input = blockInput(Buffer.concat(parts.map(compress)), { sizes: [100_003] });
      assert.ok((await contentOf(decompressOnThread(kind, input))).equals(Buffer.concat(parts)));
    });
  });
}
