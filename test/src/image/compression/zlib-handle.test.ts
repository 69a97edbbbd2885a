import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { openZlib, ZlibDataError } from '../../../../src/image/compression/zlib-handle.ts';

/**
 * The binding below node:zlib is not documented. When a new Node fails here, read its lib/zlib.js (processChunkSync) and
 * src/node_zlib.cc again; what the decoders stand on is exactly this.
 */
const content = Buffer.alloc(100_000, 'what a binding is expected to do. ');

function shared(bytes: Uint8Array): Uint8Array {
  const memory = new Uint8Array(new SharedArrayBuffer(bytes.length));
  memory.set(bytes);
  return memory;
}

for (const [kind, bytes] of [
  ['gzip', gzipSync(content)],
  ['zstd', zstdCompressSync(content)],
] as const) {
  test(`${kind}: reads and writes shared memory at any offset and says how far it came`, () => {
    const step = openZlib(kind);
    const input = shared(Buffer.concat([Buffer.alloc(5), bytes])).subarray(5);
    const output = shared(Buffer.alloc(content.length + 10)).subarray(7);
    const first = step(input, output.subarray(0, 1000));
    assert.equal(first.produced, 1000);
    const second = step(input.subarray(first.consumed), output.subarray(1000));
    assert.deepEqual(second, { consumed: input.length - first.consumed, produced: content.length - 1000 });
    assert.equal(crc32(output.subarray(0, content.length)), crc32(content));
    assert.equal(output[content.length], 0);
  });

  test(`${kind}: throws what the library says of bad data`, () => {
    const step = openZlib(kind);
    assert.throws(
      () => step(shared(Buffer.from('no such data, whatever it may be')), shared(Buffer.alloc(10))),
      (error) =>
        error instanceof ZlibDataError &&
        error.code === (kind === 'gzip' ? 'Z_DATA_ERROR' : 'ZSTD_error_prefix_unknown'),
    );
  });
}

test('gzip: goes on with the next member by itself, and stops in front of a zero', () => {
  const member = gzipSync(content);
  const step = openZlib('gzip');
  const input = Buffer.concat([member, member, Buffer.alloc(3)]);
  const done = step(input, Buffer.alloc(3 * content.length));
  assert.deepEqual(done, { consumed: 2 * member.length, produced: 2 * content.length });
});

test('gzip: the last call tells a cut end from a good one', () => {
  const member = gzipSync(content);
  const [cut, good] = [openZlib('gzip'), openZlib('gzip')];
  cut(member.subarray(0, -1), Buffer.alloc(2 * content.length));
  assert.throws(() => cut(Buffer.alloc(0), Buffer.alloc(1), 'last'), { message: 'unexpected end of file' });
  good(member, Buffer.alloc(2 * content.length));
  assert.deepEqual(good(Buffer.alloc(0), Buffer.alloc(1), 'last'), { consumed: 0, produced: 0 });
});
