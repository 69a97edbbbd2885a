import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DiskTooSmallError } from '../../../../src/image/disk/disk-too-small-error.ts';
import { extentAt } from '../../../../src/image/qcow2/extents.ts';
import { planQcow2 } from '../../../../src/image/qcow2/plan.ts';
import { buildImage, type GuestCluster, sampleImage } from '../../../support/qcow2/build-image.ts';
import { decoded, planOf } from '../../../support/qcow2/decoded.ts';
import { memoryObject } from '../../../support/qcow2/memory-object.ts';
import { noThreads } from '../../../support/qcow2/no-threads.ts';
import { randomImage } from '../../../support/qcow2/random-image.ts';
import { assertSameBytes } from '../../../support/qcow2/same-bytes.ts';
import { seededRandom } from '../../../support/qcow2/seeded-random.ts';

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

suite('the plan of a qcow2 image', () => {
  test('any map in any order decodes to what the guest reads', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 500, max: 70_000 }), async (seed, blockBytes) => {
        const { bytes, guest } = randomImage(seed);
        assertSameBytes(await decoded(bytes, { blockBytes, startThreads: noThreads }), guest);
      }),
      { numRuns: 120 },
    );
  });

  test('extents ascend in the source, and cover each mapped guest byte once', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { bytes, guest, clusterBytes } = randomImage(seed);
        const { extents } = await planOf(bytes);
        const covered = new Uint8Array(guest.length);
        let before = -1;
        for (let index = 0; index < extents.count; index += 1) {
          const { sourceOffset, guestOffset, length, isCompressed } = extentAt(extents, index);
          assert.ok(sourceOffset > before);
          before = sourceOffset;
          const end = guestOffset + (isCompressed ? Math.min(clusterBytes, guest.length - guestOffset) : length);
          assert.ok(end <= guest.length);
          for (let at = guestOffset; at < end; at += 1) covered[at] = (covered[at] ?? 0) + 1;
        }
        assert.ok(covered.every((times, at) => times === 1 || (times === 0 && guest[at] === 0)));
      }),
      { numRuns: 100 },
    );
  });

  test('clusters that are contiguous in image and guest are one extent, also over the border of an L2 table', async () => {
    // 64 clusters of 512 bytes are one L2 table; both tables come before the data.
    const clusters = new Map<number, GuestCluster>();
    for (let index = 0; index < 128; index += 1)
      clusters.set(index, { kind: 'data', bytes: new Uint8Array(512).fill(1) });
    const { bytes } = buildImage({ clusterBits: 9, virtualBytes: 128 * 512, clusters });
    const { extents, tables } = await planOf(bytes);
    assert.deepEqual([extents.count, extentAt(extents, 0).length], [1, 128 * 512]);
    assert.equal(tables.count, 4);
  });

  test('neighbouring L2 tables are read with one request', async () => {
    const clusters = new Map<number, GuestCluster>();
    for (let index = 0; index < 200; index += 1) clusters.set(index * 64, { kind: 'zero' });
    const { bytes } = buildImage({ clusterBits: 9, virtualBytes: 200 * 64 * 512, clusters });
    const object = memoryObject(bytes);
    await planQcow2(object, { targetBytes: 2 ** 30 });
    assert.equal(object.reads.length, 3);
  });

  test('an image that is larger than the disk is refused as such', async () => {
    const { bytes, guest } = sampleImage();
    await assert.rejects(planOf(bytes, guest.length - 512), DiskTooSmallError);
    await planOf(bytes, guest.length);
  });

  test('an L1 table that is longer than need be is right while nothing lies beyond the virtual size', async () => {
    // As qemu-img resize --shrink and a removed VM state leave it.
    const clusters = new Map<number, GuestCluster>([
      [0, { kind: 'data', bytes: new Uint8Array(512).fill(7) }],
      [64, { kind: 'zero' }],
    ]);
    const { bytes } = buildImage({ clusterBits: 9, virtualBytes: 65 * 512, clusters });
    bytes.writeBigUInt64BE(64n * 512n, 24);
    assertSameBytes(await decoded(bytes), new Uint8Array(64 * 512).fill(7, 0, 512));
  });

  test('a 64 GiB image with every cluster out of order takes at most 32 MiB', async (context) => {
    const count = 2 ** 20;
    const clusterBytes = 65_536;
    const tableCount = count / 8192;
    const sourceBytes = (4 + tableCount + count) * clusterBytes;
    const places = seededRandom(5).shuffled(Array.from({ length: count }, (_, index) => index));
    const head = buildImage({ virtualBytes: count * clusterBytes, clusters: new Map() }).bytes.subarray(
      0,
      3 * clusterBytes,
    );
    const readAt = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = Buffer.alloc(length);
      if (offset === 0) return head.copy(bytes, 0, 0, length) ? bytes : bytes;
      for (let at = 0; at < length; at += 8) {
        const table = (offset + at) / clusterBytes - 4;
        const index = Math.floor(table * 8192);
        const place = table < 0 ? 4 + at / 8 : 4 + tableCount + (places[index] ?? 0);
        bytes.writeBigUInt64BE((1n << 63n) | BigInt(place * clusterBytes), at);
      }
      return bytes;
    };
    const started = performance.now();
    const plan = await planQcow2({ ...memoryObject(head), sizeBytes: sourceBytes, readAt }, { targetBytes: 2 ** 40 });
    const { sourceOffsets, guestOffsets, lengths } = plan.extents;
    const tables = plan.tables.offsets.byteLength + plan.tables.lengths.byteLength + plan.tables.digests.byteLength;
    const bytes = sourceOffsets.byteLength + guestOffsets.byteLength + lengths.byteLength + tables;
    assert.ok(plan.extents.count > count * 0.99);
    assert.ok(bytes <= 32 * 2 ** 20, `${bytes}`);
    context.diagnostic(`${plan.extents.count} extents, ${bytes} bytes, ${Math.round(performance.now() - started)} ms`);
  });
});
