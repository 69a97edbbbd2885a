import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type DecodeOptions, decodeQcow2 } from '../../../../src/image/qcow2/decode.ts';
import { extentAt } from '../../../../src/image/qcow2/extents.ts';
import type { Qcow2Plan } from '../../../../src/image/qcow2/plan.ts';
import { Qcow2ChangedError } from '../../../../src/image/qcow2/qcow2-changed-error.ts';
import { replaySegments } from '../../../../src/image/qcow2/replay.ts';
import { safeResumeOffset } from '../../../../src/image/qcow2/resume-offset.ts';
import { sampleImage } from '../../../support/qcow2/build-image.ts';
import { oddBlockBytes, planOf } from '../../../support/qcow2/decoded.ts';
import { memorySink } from '../../../support/qcow2/memory-sink.ts';
import { noThreads } from '../../../support/qcow2/no-threads.ts';
import { randomImage } from '../../../support/qcow2/random-image.ts';
import { assertSameBytes } from '../../../support/qcow2/same-bytes.ts';
import { sourceBlocks } from '../../../support/qcow2/source-blocks.ts';

const runs = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  blockBytes: fc.integer({ min: 1000, max: 40_000 }),
  crash: fc.nat({ max: 1000 }),
});

/** Decodes from `from` on; gives what the device had at each offset that was said to be settled. */
async function settledStates(
  plan: Qcow2Plan,
  image: Uint8Array,
  blockBytes: number,
): Promise<{ readonly offset: number; readonly device: Uint8Array }[]> {
  const sink = memorySink(new Uint8Array(plan.virtualBytes));
  const states: { offset: number; device: Uint8Array }[] = [{ offset: 0, device: Uint8Array.from(sink.content) }];
  const onSettled = (offset: number): void => void states.push({ offset, device: Uint8Array.from(sink.content) });
  const blocks = sourceBlocks(image, blockBytes);
  await decodeQcow2({ plan, blocks, from: 0, sink, onSettled, startThreads: noThreads });
  return states;
}

suite('decoding of qcow2', () => {
  test('a run that goes on from any settled offset ends in the same device', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ seed, blockBytes, crash }) => {
        const { bytes, guest } = randomImage(seed);
        const plan = await planOf(bytes);
        const states = await settledStates(plan, bytes, blockBytes);
        assert.equal(states.at(-1)?.offset, bytes.length);
        assert.ok(states.every(({ offset }, index) => offset >= (states[index - 1]?.offset ?? 0)));
        const { offset: from, device } = states[crash % states.length] ?? { offset: 0, device: new Uint8Array(0) };
        const sink = memorySink(device);
        const blocks = sourceBlocks(bytes, oddBlockBytes, from);
        await decodeQcow2({ plan, blocks, from, sink, startThreads: noThreads });
        assertSameBytes(sink.content, guest);
      }),
      { numRuns: 60 },
    );
  });

  test('the source before any settled offset can be had again from the device and the source', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ seed, blockBytes, crash }) => {
        const { bytes } = randomImage(seed);
        const plan = await planOf(bytes);
        const states = await settledStates(plan, bytes, blockBytes);
        const { offset, device } = states[crash % states.length] ?? { offset: 0, device: new Uint8Array(0) };
        const pieces = [...replaySegments(plan, offset)].map((segment) => {
          assert.ok(segment.length > 0);
          const [from, at] = segment.kind === 'device' ? [device, segment.guestOffset] : [bytes, segment.offset];
          return from.subarray(at, at + segment.length);
        });
        assertSameBytes(Buffer.concat(pieces), bytes.subarray(0, offset));
      }),
      { numRuns: 60 },
    );
  });

  test('a resume offset is at most the offset, and no compressed cluster goes across it unfinished', async () => {
    const parts = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(runs, parts, fc.boolean(), async ({ seed, crash }, part, isInExtent) => {
        const { bytes } = randomImage(seed);
        const plan = await planOf(bytes);
        const all = Array.from({ length: plan.extents.count }, (_, index) => extentAt(plan.extents, index));
        const { sourceOffset: start, length } = all[crash % all.length] ?? { sourceOffset: 0, length: bytes.length };
        const offset = isInExtent ? start + Math.floor(part * length) : Math.floor(part * bytes.length);
        const safe = safeResumeOffset(plan, offset);
        assert.ok(safe <= offset);
        for (const extent of all.filter(({ isCompressed, sourceOffset }) => isCompressed && sourceOffset < safe)) {
          assert.ok(extent.sourceOffset + extent.length <= offset);
        }
      }),
      { numRuns: 200 },
    );
  });

  const sample = sampleImage({ clusterBits: 12 });

  async function run(change: Partial<DecodeOptions> & { readonly image?: Uint8Array }): Promise<Uint8Array> {
    const plan = await planOf(sample.bytes);
    const sink = memorySink(new Uint8Array(plan.virtualBytes));
    const blocks = sourceBlocks(change.image ?? sample.bytes, 10_000);
    await decodeQcow2({ plan, blocks, from: 0, sink, ...change });
    return sink.content;
  }

  for (const [name, at] of [
    ['header', 30],
    ['L1 table', sample.l1Offset + 3],
    ['L2 table', (sample.l2Offsets.get(0) ?? 0) + 4095],
  ] as const) {
    test(`a ${name} that is not what it was is noticed as it passes by`, async () => {
      const image = Buffer.from(sample.bytes);
      image[at] = (image[at] ?? 0) ^ 1;
      await assert.rejects(run({ image }), Qcow2ChangedError);
    });
  }

  test('a source that is shorter or longer than it was is noticed', async () => {
    const { length } = sample.bytes;
    await assert.rejects(run({ image: sample.bytes.subarray(0, length - 1) }), /had \d+ bytes .* and has \d+ now/);
    await assert.rejects(run({ image: Buffer.concat([sample.bytes, Buffer.alloc(1)]) }), /and has more now/);
  });

  test('a sink that fails ends the run with its error, and nothing is under way any more', async () => {
    const failure = new Error('the disk is gone');
    let underWay = 0;
    const write = async (): Promise<void> => {
      underWay += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      throw failure;
    };
    const sink = { sizeBytes: 2 ** 30, write, zero: write };
    await assert.rejects(run({ sink }), (error) => error === failure);
    assert.equal(underWay, 0);
  });

  test('an aborted run ends with the reason', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const onSettled = (): void => controller.abort(reason);
    await assert.rejects(run({ signal: controller.signal, onSettled }), (error) => error === reason);
  });

  test('real threads expand what stands in the source tree', async () => {
    assertSameBytes(await run({}), sample.guest);
  });
});
