import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockBytes } from '../../../../../src/storage/erase/overwrite/block-lease.ts';
import { createKeyedStream, streamKeyBytes } from '../../../../../src/storage/erase/overwrite/keyed-stream.ts';

const MiB = 1024 * 1024;
const key = Buffer.alloc(streamKeyBytes, 7);

function blockAt(offset: number, ofKey: Uint8Array = key): Buffer {
  const stream = createKeyedStream(ofKey);
  const block = Buffer.alloc(blockBytes);
  stream.fill(block);
  stream.stamp(block, offset);
  return block;
}

test('the same key and place give the same bytes, whatever was stamped there before', () => {
  const stream = createKeyedStream(key);
  const block = Buffer.alloc(blockBytes);
  stream.fill(block);
  for (const offset of [0, 17 * MiB, 3 * MiB, 17 * MiB]) stream.stamp(block, offset);
  assert.ok(block.equals(blockAt(17 * MiB)));
});

test('a part of a block has the bytes that the whole block has there', () => {
  const offset = 5 * MiB;
  const whole = blockAt(offset);
  const stream = createKeyedStream(key);
  const block = Buffer.alloc(blockBytes);
  stream.fill(block);
  const part = block.subarray(1536, 1536 + 8192);
  stream.stamp(part, offset + 1536);
  assert.ok(part.equals(whole.subarray(1536, 1536 + 8192)));
});

test('no two sectors of a device of many TB are the same', () => {
  const stream = createKeyedStream(key);
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 22 - 1), fc.integer({ min: 1, max: 2 ** 30 }), (low, high, step) => {
      const place = high * 2 ** 20 + low;
      const [one, other] = [place, place + step].map((sector) => {
        const bytes = Buffer.alloc(512);
        stream.stamp(bytes, sector * 512);
        return bytes.toString('hex', 0, 8);
      });
      assert.notEqual(one, other);
    }),
    { numRuns: 2000 },
  );
  const seen = new Set<string>();
  for (const at of [0, 2 ** 32 * 512 - 4 * MiB, 2 ** 32 * 512, 10 * 2 ** 40]) {
    const block = blockAt(at);
    for (let sector = 0; sector < blockBytes; sector += 512) seen.add(block.toString('latin1', sector, sector + 8));
  }
  assert.equal(seen.size, 4 * (blockBytes / 512));
});

test('another key changes the body and the stamps', () => {
  const other = Buffer.from(key);
  other[31] = 8;
  const [one, two] = [blockAt(0), blockAt(0, other)];
  for (let sector = 0; sector < blockBytes; sector += 512) {
    assert.ok(!one.subarray(sector, sector + 16).equals(two.subarray(sector, sector + 16)));
    assert.ok(!one.subarray(sector + 16, sector + 512).equals(two.subarray(sector + 16, sector + 512)));
  }
});

test('it looks random: about half of all bits are set, also in the stamps, and no byte value is missing', () => {
  const block = blockAt(0);
  const stamps = Buffer.concat(
    Array.from({ length: blockBytes / 512 }, (_, sector) => block.subarray(sector * 512, sector * 512 + 16)),
  );
  for (const bytes of [block, stamps]) {
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
    const expected = bytes.length / 256;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 255 degrees of freedom: the mean is 255, the standard deviation 23.
    assert.ok(chiSquare > 140 && chiSquare < 370, String(chiSquare));
  }
});

test('a key of another length is refused', () => {
  assert.throws(() => createKeyedStream(Buffer.alloc(16)), RangeError);
});
