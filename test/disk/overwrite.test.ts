import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLoopDevice } from '../support/loop-device.ts';
import { overwriteAndVerify, streamThenZeros } from '../support/overwritten-disk.ts';
import { canary, sow } from '../support/sown-disk.ts';
import { bytesOf } from '../support/written-disk.ts';

const MiB = 1024 * 1024;

for (const sectorBytes of [512, 4096] as const) {
  for (const sizeBytes of [sectorBytes, 3 * sectorBytes, 5 * MiB + 3 * sectorBytes, 9 * MiB - sectorBytes]) {
    test(`each pass covers all of a disk of ${sizeBytes} bytes in sectors of ${sectorBytes}`, async () => {
      await using disk = await createLoopDevice({ sizeBytes, sectorBytes });
      for (const pass of [{ kind: 'zeros' }, { kind: 'pattern', byte: 0xff }, { kind: 'stream' }] as const) {
        await sow(disk);
        const { evidence, check } = await overwriteAndVerify(disk, { passes: [pass], readBack: 'full' });
        assert.equal(evidence.bytes, sizeBytes);
        assert.deepEqual(evidence.badRanges, []);
        assert.ok(check.passed, check.detail);
        const bytes = bytesOf(disk);
        assert.equal(bytes.indexOf(canary), -1);
        if (pass.kind !== 'stream') assert.ok(bytes.every((byte) => byte === (pass.kind === 'zeros' ? 0 : 0xff)));
        const sectors = new Set<string>();
        for (let at = 0; at < sizeBytes; at += 512) sectors.add(bytes.toString('latin1', at, at + 512));
        assert.equal(sectors.size, pass.kind === 'stream' ? sizeBytes / 512 : 1);
      }
    });
  }
}

test('a stream pass has a new key each time, and the certificate does not tell it', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 2 * MiB });
  const found: Buffer[] = [];
  const passes = [{ kind: 'stream' }, { kind: 'stream' }] as const;
  for (let run = 0; run < 2; run += 1) {
    const { context, evidence } = await overwriteAndVerify(disk, { passes });
    const keys = new Set((context.saved as readonly { key: string }[]).map(({ key }) => key));
    assert.equal(keys.size, 2);
    for (const key of keys) assert.ok(!JSON.stringify(evidence).includes(key));
    found.push(bytesOf(disk));
  }
  assert.ok(!found[0]?.equals(found[1] ?? Buffer.alloc(0)));
});

test('progress is told for each pass and never falls within one', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 10 * MiB });
  const { context, evidence } = await overwriteAndVerify(disk, { passes: streamThenZeros, readBack: 'full' });
  assert.equal(evidence.bytes, 20 * MiB);
  assert.deepEqual([...new Set(context.reports.map(({ phase }) => phase))], ['pass 1 of 2', 'pass 2 of 2', 'verify']);
  for (const phase of ['pass 1 of 2', 'pass 2 of 2', 'verify']) {
    const done = context.reports.filter((report) => report.phase === phase).map((report) => report.done);
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
    assert.equal(done[0], 0);
    assert.equal(done.at(-1), 10 * MiB);
  }
});
