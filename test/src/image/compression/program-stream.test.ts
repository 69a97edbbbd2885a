import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../../../../src/errors/tool-error.ts';
import { decompress } from '../../../../src/image/compression/decompress.ts';
import { DecompressionError } from '../../../../src/image/compression/decompression-error.ts';
import { blockBytes } from '../../../../src/image/stream/block-pool.ts';
import { blockInput, contentOf } from '../../../support/block-input.ts';
import { compressionHost } from '../../../support/compression-host.ts';
import { mixedContent } from '../../../support/mixed-content.ts';

const content = mixedContent(1_300_000);

for (const kind of ['xz', 'bzip2'] as const) {
  suite(kind, () => {
    const good = execFileSync(kind, ['-1', '--stdout'], { input: content, maxBuffer: 2 ** 24 });
    const decode = (bytes: Uint8Array): Promise<Buffer> =>
      contentOf(decompress(kind, blockInput(bytes, { sizes: [300_007] }), compressionHost()));

    async function problemOf(bytes: Uint8Array): Promise<DecompressionError> {
      const error = await decode(bytes).then(
        (output) => assert.fail(`${output.length} bytes came out`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof DecompressionError, String(error));
      assert.equal(error.kind, kind);
      return error;
    }

    test('is refused when it is empty', async () => {
      assert.match((await problemOf(Buffer.alloc(0))).message, new RegExp(`^the ${kind} data is empty \\(near byte 0`));
    });

    test('is refused when it is something else', async () => {
      assert.match(
        (await problemOf(Buffer.from('nothing of the kind'))).message,
        /not a bzip2 file|format not recognized/,
      );
    });

    test('is refused when it is cut, at 25 places', async () => {
      for (let part = 1; part <= 20; part += 1) {
        await problemOf(good.subarray(0, Math.floor((good.length * part) / 21)));
      }
      for (const missing of [1, 2, 4, 5, 12]) await problemOf(good.subarray(0, -missing));
    });

    test('never gives other content when a bit is flipped, at 25 places', async () => {
      let found = 0;
      for (let part = 0; part < 25; part += 1) {
        const at = Math.floor(((good.length - 1) * part) / 24);
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ 4;
        const output = await decode(bytes).catch((error: unknown) => error);
        if (output instanceof Buffer) assert.ok(output.equals(content), `other content after a flip at ${at}`);
        else assert.ok(output instanceof DecompressionError, String(output));
        if (output instanceof Error) found += 1;
      }
      // The last bits of bzip2 mean nothing.
      assert.ok(found >= 24, `${found} of 25 flips were found`);
    });

    test('is refused with something behind it, little or much', async () => {
      for (const garbage of [Buffer.from('hello hello'), Buffer.alloc(3), Buffer.alloc(30_000_000, 'x')]) {
        await problemOf(Buffer.concat([good, garbage]));
      }
    });

    test('an abort of the job kills the program and ends the wait for a block', async () => {
      const abort = new AbortController();
      const input = blockInput(good, { repeat: 1000 });
      const stream = decompress(kind, input, compressionHost(abort.signal));
      (await stream.next())?.release();
      abort.abort(new Error('operator said so'));
      await assert.rejects(
        async () => {
          for (;;) (await stream.next())?.release();
        },
        (error) => error instanceof ToolError && /aborted/.test(error.message),
      );
      await stream.close();
      assert.equal(input.heldBlocks, 0);
    });

    test('close does not hang when the program has ended and nobody read what it wrote', async () => {
      const host = compressionHost();
      const stream = decompress(
        kind,
        blockInput(execFileSync(kind, ['-1', '-c'], { input: Buffer.alloc(30_000) })),
        host,
      );
      await sleep(500);
      await stream.close();
      assert.equal(host.logged.length, 1);
    });

    test('close ends a wait with its reason and releases the input', async () => {
      const input = blockInput(good, { repeat: 1000 });
      const stream = decompress(kind, input, compressionHost());
      const first = await stream.next();
      assert.equal(first?.bytes.length, blockBytes);
      const reason = new Error('the operator said so');
      const waiting = assert.rejects(stream.next(), (error) => error === reason);
      await stream.close(reason);
      await waiting;
      assert.equal(input.heldBlocks, 0);
      assert.deepEqual(input.closedWith, [reason]);
      await stream.close();
    });
  });
}

test('xz refuses a dictionary above the limit of memory, and names the limit', async () => {
  const bytes = execFileSync('xz', ['--stdout', '--lzma2=preset=0,dict=512MiB'], { input: Buffer.alloc(10) });
  await assert.rejects(contentOf(decompress('xz', blockInput(bytes), compressionHost())), /limit reached \(256MiB\)/);
});
