import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { DataProblem } from '../../../../src/image/compression/decoder.ts';
import { createGzipDecoder } from '../../../../src/image/compression/gzip-decoder.ts';
import { createZstdDecoder } from '../../../../src/image/compression/zstd-decoder.ts';
import { decodeAll } from '../../../support/decode-all.ts';
import { mixedContent } from '../../../support/mixed-content.ts';

/** Small, with every part of the format: noise, matches, runs; for zstd several blocks. */
const content = Buffer.concat([
  mixedContent(900),
  Buffer.alloc(200_000),
  mixedContent(50),
  Buffer.from('end '.repeat(70_000)),
]);
const withChecksum = { params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 3 } };

const kinds = {
  gzip: { create: createGzipDecoder, good: gzipSync(content) },
  zstd: { create: createZstdDecoder, good: zstdCompressSync(content, withChecksum) },
};

function problemOf(action: () => unknown): DataProblem {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof DataProblem, String(error));
    return error;
  }
  assert.fail('no problem was found');
}

for (const [kind, { create, good }] of Object.entries(kinds)) {
  suite(kind, () => {
    const decode = (bytes: Uint8Array): Buffer => decodeAll(create(), bytes);

    test('the sound data is decoded', () => assert.ok(decode(good).equals(content)));

    test('is refused when it is empty', () => {
      assert.equal(problemOf(() => decode(Buffer.alloc(0))).message, 'is empty');
    });

    test('is refused when it is something else', () => {
      for (const other of ['x', 'nothing of the kind', '\u001f', '(\u00b5/']) {
        const { message, offset } = problemOf(() => decode(Buffer.from(other, 'latin1')));
        assert.match(message, /^does not begin as such data does|^ends too early/, other);
        assert.ok(offset <= other.length);
      }
    });

    test(`is refused when it is cut, at each of ${good.length - 1} places`, () => {
      for (let length = 1; length < good.length; length += 1) {
        const { message, offset } = problemOf(() => decode(good.subarray(0, length)));
        assert.match(message, /^ends too early|^does not begin/, `cut at ${length}`);
        assert.ok(offset <= length);
      }
    });

    test('is refused when the second member is cut, at each place', () => {
      for (let length = 1; length < good.length; length += 1) {
        const bytes = Buffer.concat([good, good.subarray(0, length)]);
        assert.match(
          problemOf(() => decode(bytes)).message,
          /^ends too early|^is followed by something/,
          `at ${length}`,
        );
      }
    });

    test('never gives other content when a bit is flipped, at each byte', () => {
      let found = 0;
      for (let at = 0; at < good.length; at += 1) {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
        try {
          assert.ok(decode(bytes).equals(content), `other content after a flip at ${at}`);
        } catch (error) {
          assert.ok(error instanceof DataProblem, String(error));
          found += 1;
        }
      }
      assert.ok(found > good.length * 0.9, `${found} of ${good.length} flips were found`);
    });

    test('is refused with something behind it, and where it begins is said', () => {
      for (const garbage of [
        'x',
        '\u001f\u008bx',
        'hello hello hello',
        '(\u00b5/\u00fd',
        '\u0000\u0000\u0000\u0000x',
        'P*M',
      ]) {
        const bytes = Buffer.concat([good, good, Buffer.from(garbage, 'latin1')]);
        for (const inputSizes of [[bytes.length], [1], [good.length, 3]]) {
          const { message, offset } = problemOf(() => decodeAll(create(), bytes, { inputSizes }));
          assert.match(message, /followed by something|ends too early|unknown compression method/, garbage);
          assert.ok(offset <= bytes.length && offset > 2 * good.length - 65_536);
        }
      }
    });
  });
}

test('zstd refuses zeros behind the end, as zstd(1) does', () => {
  const bytes = Buffer.concat([kinds.zstd.good, Buffer.alloc(512)]);
  const { message, offset } = problemOf(() => decodeAll(createZstdDecoder(), bytes));
  assert.match(message, /followed by something/);
  assert.equal(offset, kinds.zstd.good.length);
});

test('zstd refuses a window above the limit, and names both', () => {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (28 - 10) << 3]);
  const { message } = problemOf(() => decodeAll(createZstdDecoder(), Buffer.concat([header, Buffer.alloc(100)])));
  assert.match(message, /needs a window of 256 MiB; at most 128 MiB are allowed/);
});

test('zstd refuses a single segment above the limit', () => {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(2n ** 40n);
  const frame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0]), size, Buffer.alloc(100)]);
  const { message } = problemOf(() => decodeAll(createZstdDecoder(), frame));
  assert.match(message, /needs a window of 1048576 MiB/);
});

test('zstd refuses a dictionary by its number', () => {
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x02, 0x58, 0x39, 0x30, 0x01, 0x00, 0x00]);
  const { message } = problemOf(() => decodeAll(createZstdDecoder(), frame));
  assert.equal(message, 'needs the dictionary 12345, which nobody has');
});
