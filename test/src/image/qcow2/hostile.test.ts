import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DiskTooSmallError } from '../../../../src/image/disk/disk-too-small-error.ts';
import { InvalidQcow2Error } from '../../../../src/image/qcow2/invalid-qcow2-error.ts';
import { sampleImage } from '../../../support/qcow2/build-image.ts';
import { decoded } from '../../../support/qcow2/decoded.ts';
import { changedCases, type HostileCase } from '../../../support/qcow2/hostile-cases.ts';
import { oddStreams, streamCases, truncatedCases, variantCases } from '../../../support/qcow2/hostile-streams.ts';
import { assertSameBytes } from '../../../support/qcow2/same-bytes.ts';

const targetBytes = 2 ** 30;
const mostMilliseconds = 10_000;
const mib = 2 ** 20;

async function outcome({ image }: HostileCase): Promise<Uint8Array | Error> {
  try {
    return await decoded(image, { targetBytes });
  } catch (error) {
    if (error instanceof InvalidQcow2Error || error instanceof DiskTooSmallError) return error;
    throw error;
  }
}

function testCases(title: string, cases: readonly HostileCase[], guest: Uint8Array): void {
  test(`${cases.length} ${title}`, async (context) => {
    const idleBytes = process.memoryUsage().rss;
    for (const kase of cases) {
      const started = performance.now();
      const result = await outcome(kase);
      assert.ok(performance.now() - started < mostMilliseconds, kase.name);
      if (kase.refusal === null) assertSameBytes(result, guest, kase.name);
      else {
        assert.ok(result instanceof Error, `${kase.name} was decoded`);
        assert.match(result.message, kase.refusal, kase.name);
      }
    }
    const grownMib = Math.round((process.memoryUsage().rss - idleBytes) / mib);
    context.diagnostic(`memory grew by ${grownMib} MiB`);
    assert.ok(grownMib < 400, `${grownMib} MiB`);
  });
}

suite('hostile qcow2 images', () => {
  const { guest } = sampleImage();
  testCases('with one thing changed are refused by name, or read as before', changedCases(), guest);
  testCases('that end too early are refused', truncatedCases(), guest);
  testCases('with compressed clusters that are none are refused', streamCases(), guest);
  testCases('of version 2 and with subclusters are refused by name', variantCases(), sampleImage({ version: 2 }).guest);

  for (const { name, image, cluster } of oddStreams()) {
    test(`${name} is read as QEMU reads it`, async () => {
      const content = await decoded(image);
      assertSameBytes(content.subarray(3 * cluster.length, 4 * cluster.length), cluster);
    });
  }
});
