import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { createGzipDecoder } from '../../../../src/image/compression/gzip-decoder.ts';
import { createZstdDecoder } from '../../../../src/image/compression/zstd-decoder.ts';
import { decodeAll } from '../../../support/decode-all.ts';

const kinds = {
  gzip: { create: createGzipDecoder, compress: (bytes: Uint8Array) => gzipSync(bytes) },
  zstd: { create: createZstdDecoder, compress: (bytes: Uint8Array) => zstdCompressSync(bytes) },
};

/** Runs of one byte and noise: what matches, literals and blocks are made from. */
const member = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(255), fc.nat(200_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
    ),
    { maxLength: 5 },
  )
  .map((parts) => Buffer.concat(parts));

for (const [kind, { create, compress }] of Object.entries(kinds)) {
  test(`${kind} gives the same content however its input and its output are cut`, () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
      minLength: 1,
      maxLength: 8,
    });
    const outputSize = fc.oneof(fc.integer({ min: 50, max: 5000 }), fc.integer({ min: 5000, max: 300_000 }));
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 4 }), sizes, outputSize, (members, inputSizes, size) => {
        const bytes = Buffer.concat(members.map(compress));
        const output = decodeAll(create(), bytes, { inputSizes, outputSize: size });
        assert.ok(output.equals(Buffer.concat(members)));
      }),
      { numRuns: 300 },
    );
  });
}

test('an output that is filled exactly by the last byte is followed by an end of no bytes', () => {
  for (const { create, compress } of Object.values(kinds)) {
    const bytes = compress(Buffer.alloc(1000, 7));
    assert.equal(decodeAll(create(), bytes, { outputSize: 500 }).length, 1000);
  }
});
