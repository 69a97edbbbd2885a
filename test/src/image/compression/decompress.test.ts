import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite, test } from 'node:test';
import { decompress } from '../../../../src/image/compression/decompress.ts';
import type { CompressionKind } from '../../../../src/image/compression/decompression-error.ts';
import { blockBytes } from '../../../../src/image/stream/block-pool.ts';
import { blockInput, contentOf } from '../../../support/block-input.ts';
import { compressionHost } from '../../../support/compression-host.ts';
import { mixedContent } from '../../../support/mixed-content.ts';

/** By the real programs, as users do it; the first is the one used for sizes. */
const commands: Readonly<Record<CompressionKind, readonly string[]>> = {
  gzip: ['gzip -1', 'gzip -9 --name'],
  zstd: ['zstd -1', 'zstd -3 --no-check', 'zstd -19 -T2', 'zstd -3 --long=27', 'zstd -1 --long=27 --no-content-size'],
  xz: ['xz -0', 'xz -1 -T0 --block-size=1MiB', 'xz -0 --check=sha256', 'xz -0 --check=none'],
  bzip2: ['bzip2 -1', 'bzip2 -9'],
};

function compressed(command: string, content: Buffer): Buffer {
  const [program = '', ...args] = command.split(' ');
  return execFileSync(program, [...args, '--stdout'], {
    input: content,
    maxBuffer: 2 ** 27,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

for (const [kind, [standard = '', ...others]] of Object.entries(commands) as [CompressionKind, string[]][]) {
  suite(kind, () => {
    async function assertRoundTrip(bytes: Buffer, content: Buffer, sizes?: readonly number[]): Promise<void> {
      const input = blockInput(bytes, sizes ? { sizes } : {});
      const output = await contentOf(decompress(kind, input, compressionHost()));
      assert.ok(output.equals(content), `${output.length} bytes came out, ${content.length} went in`);
      assert.equal(input.heldBlocks, 0);
      assert.ok(input.mostHeldBlocks <= 2);
    }

    for (const size of [0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 50 * 1024 * 1024]) {
      test(`gives back ${size} bytes`, async () => {
        const content = mixedContent(size);
        await assertRoundTrip(compressed(standard, content), content);
      });
    }

    for (const command of others) {
      test(`reads what ${command} writes`, async () => {
        const content = mixedContent(blockBytes + 17);
        await assertRoundTrip(compressed(command, content), content);
      });
    }

    test('takes streams one behind the other as one, cut into blocks of any size', async () => {
      const parts = [700_000, 0, blockBytes, 1, 99].map(mixedContent);
      const bytes = Buffer.concat(parts.map((part) => compressed(standard, part)));
      await assertRoundTrip(bytes, Buffer.concat(parts), [100_003, 1, 0, 7, 65_536]);
    });
  });
}

test('zstd skips frames that are meant for others', async () => {
  const skippable = Buffer.from('5a2a4d1805000000', 'hex');
  const content = mixedContent(100_000);
  const frame = compressed('zstd -1', content);
  const bytes = Buffer.concat([skippable, Buffer.from('12345'), frame, skippable, Buffer.from('12345'), frame]);
  const output = await contentOf(decompress('zstd', blockInput(bytes), compressionHost()));
  assert.ok(output.equals(Buffer.concat([content, content])));
});

test('gzip takes zeros behind the end as padding, as gzip(1) does', async () => {
  const content = mixedContent(1000);
  const bytes = Buffer.concat([compressed('gzip -1', content), Buffer.alloc(100_000)]);
  const output = await contentOf(decompress('gzip', blockInput(bytes, { sizes: [1013] }), compressionHost()));
  assert.ok(output.equals(content));
});

test('errors of the input pass through as they are', async () => {
  for (const kind of Object.keys(commands) as CompressionKind[]) {
    const failure = new Error('the server is gone');
    const input = blockInput(compressed(commands[kind][0] ?? '', mixedContent(6_000_000)).subarray(0, 1_500_000), {
      failure,
    });
    await assert.rejects(contentOf(decompress(kind, input, compressionHost())), (error) => error === failure);
    assert.equal(input.heldBlocks, 0);
  }
});
