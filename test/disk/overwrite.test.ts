import assert from 'node:assert/strict';
import { type FileHandle, open } from 'node:fs/promises';
import { test } from 'node:test';
import type { EraseOptions } from '../../src/storage/erase/erase-options.ts';
import type { Check } from '../../src/storage/erase/method.ts';
import { createOverwrite, overwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { claimTarget, createMethodContext, runMethod, streamThenZeros } from '../support/overwritten-disk.ts';
import { bytesOf } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const canary = Buffer.from('a-canary-that-nobody-else-sings');

/** All over the disk, also across its ends, and 0xA5 between. */
async function sow(disk: LoopDevice): Promise<void> {
  const bytes = Buffer.alloc(disk.sizeBytes, 0xa5);
  for (let at = 0; at < bytes.length; at += 1999) canary.copy(bytes, at);
  canary.copy(bytes, bytes.length - canary.length);
  await using file = await open(disk.path, 'r+');
  await file.write(bytes, 0, bytes.length, 0);
  await file.sync();
}

async function change(disk: LoopDevice, how: (file: FileHandle) => Promise<unknown>): Promise<void> {
  await using file = await open(disk.path, 'r+');
  await how(file);
  await file.sync();
}

async function eraseAndVerify(disk: LoopDevice, options: Partial<EraseOptions>) {
  const context = createMethodContext(disk.path, { options });
  const evidence = await runMethod(overwrite, disk.path, context);
  const look = async (): Promise<Check> => {
    await using target = await claimTarget(disk.path);
    const [check] = await overwrite.verify(target, evidence, context);
    assert.ok(check);
    return check;
  };
  return { context, evidence, look, check: await look() };
}

for (const sectorBytes of [512, 4096] as const) {
  for (const sizeBytes of [sectorBytes, 3 * sectorBytes, 5 * MiB + 3 * sectorBytes, 9 * MiB - sectorBytes]) {
    test(`each pass covers all of a disk of ${sizeBytes} bytes in sectors of ${sectorBytes}`, async () => {
      await using disk = await createLoopDevice({ sizeBytes, sectorBytes });
      for (const pass of [{ kind: 'zeros' }, { kind: 'pattern', byte: 0xff }, { kind: 'stream' }] as const) {
        await sow(disk);
        const { evidence, check } = await eraseAndVerify(disk, { passes: [pass], readBack: 'full' });
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
    const { context, evidence } = await eraseAndVerify(disk, { passes });
    const keys = new Set((context.saved as readonly { key: string }[]).map(({ key }) => key));
    assert.equal(keys.size, 2);
    for (const key of keys) assert.ok(!JSON.stringify(evidence).includes(key));
    found.push(bytesOf(disk));
  }
  assert.ok(!found[0]?.equals(found[1] ?? Buffer.alloc(0)));
});

test('progress is told for each pass and never falls within one', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 10 * MiB });
  const { context, evidence } = await eraseAndVerify(disk, { passes: streamThenZeros, readBack: 'full' });
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

test('a full read-back finds one flipped byte, wherever it is', async () => {
  const sizeBytes = 6 * MiB + 512;
  await using disk = await createLoopDevice({ sizeBytes });
  for (const pass of [{ kind: 'zeros' }, { kind: 'stream' }] as const) {
    for (const place of [0, 17, 3 * MiB - 1, 4 * MiB + 513, sizeBytes - 1]) {
      const { check, look } = await eraseAndVerify(disk, { passes: [pass], readBack: 'full' });
      assert.ok(check.passed, check.detail);
      await change(disk, async (file) => {
        const byte = Buffer.alloc(1);
        await file.read(byte, 0, 1, place);
        await file.write(Buffer.of((byte[0] ?? 0) ^ 0x10), 0, 1, place);
      });
      const again = await look();
      assert.equal(again.passed, false);
      assert.match(again.detail, new RegExp(`1 sectors do not hold .*, the first difference is at byte ${place}$`));
    }
  }
});

test('a stream that was moved by one sector, or that an older key made, is not taken for the right one', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 4 * MiB });
  const before = await eraseAndVerify(disk, { passes: [{ kind: 'stream' }], readBack: 'full' });
  const { length } = bytesOf(disk);
  const old = bytesOf(disk);
  const { look } = await eraseAndVerify(disk, { passes: [{ kind: 'stream' }], readBack: 'full' });
  assert.match((await before.look()).detail, /8192 sectors do not hold the keyed stream/);
  await change(disk, (file) => file.write(old.subarray(MiB, MiB + 4096), 0, 4096, MiB));
  assert.match((await look()).detail, /: 8 sectors do not hold/);
  const now = bytesOf(disk);
  await change(disk, (file) => file.write(now.subarray(0, 512), 0, 512, MiB));
  assert.match((await look()).detail, /: 8 sectors do not hold/);
  await change(disk, (file) => file.write(now.subarray(0, 512), 0, 512, length - 512));
  assert.match((await look()).detail, /: 9 sectors do not hold/);
});

test('a sampled read-back always looks at both ends, and says how much it has read', async () => {
  const sizeBytes = 64 * MiB;
  await using disk = await createLoopDevice({ sizeBytes });
  for (const place of [0, MiB - 1, sizeBytes - MiB, sizeBytes - 1]) {
    const { check, look } = await eraseAndVerify(disk, { readBack: 'sample' });
    assert.equal(
      check.detail,
      `sample: ${2 * MiB + 2000 * 8192} of ${sizeBytes} bytes, at 2002 places, were read: they hold zeros`,
    );
    await change(disk, (file) => file.write(Buffer.of(1), 0, 1, place));
    assert.match((await look()).detail, new RegExp(`the first difference is at byte ${place}$`));
  }
});

test('what was aborted stops at once, with a record from which the next run goes on', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 48 * MiB });
  await sow(disk);
  const stop = new AbortController();
  const record = memoryCheckpoint();
  const reason = new Error('stopped for the test');
  const first = createMethodContext(disk.path, {
    options: { passes: streamThenZeros },
    record,
    signal: stop.signal,
    onReport({ phase, done }) {
      if (phase === 'pass 1 of 2' && done >= 20 * MiB) stop.abort(reason);
    },
  });
  await assert.rejects(runMethod(overwrite, disk.path, first), reason);
  const saved = record.read() as { position: number; bytes: number };
  assert.ok(saved.position >= 20 * MiB && saved.position <= 25 * MiB, String(saved.position));
  assert.equal(saved.bytes, saved.position);
  // What is behind it was not written: the last canary is still there.
  assert.notEqual(bytesOf(disk).lastIndexOf(canary), -1);

  const second = createMethodContext(disk.path, { options: { passes: streamThenZeros }, record });
  const evidence = await runMethod(overwrite, disk.path, second);
  assert.equal(second.reports[0]?.done, saved.position);
  assert.equal(evidence.bytes, 2 * 48 * MiB);
  assert.equal(evidence.details['continued'], 1);
  assert.ok(bytesOf(disk).every((byte) => byte === 0));
});

test('a run that has ended is not done again', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 4 * MiB });
  const record = memoryCheckpoint();
  const options = { passes: [{ kind: 'stream' }] } as const;
  await runMethod(overwrite, disk.path, createMethodContext(disk.path, { options, record }));
  const before = bytesOf(disk);
  const context = createMethodContext(disk.path, { options, record });
  const evidence = await runMethod(overwrite, disk.path, context);
  assert.equal(evidence.bytes, 4 * MiB);
  assert.deepEqual(context.reports, []);
  assert.ok(before.equals(bytesOf(disk)));
});

test('a record that is damaged, or of other passes, or of another disk, is started over', async () => {
  const sizeBytes = 4 * MiB;
  await using disk = await createLoopDevice({ sizeBytes });
  const good = { version: 1, sizeBytes, passes: [{ kind: 'zeros' }], pass: 0, key: null, position: 2 * MiB };
  const rest = { bytes: 2 * MiB, badRanges: [], resumed: 0 };
  const records: readonly unknown[] = [
    'x',
    [],
    { ...good, ...rest, position: 2 * MiB + 1 },
    { ...good, ...rest, pass: 1 },
    { ...good, ...rest, position: 5 * MiB },
    { ...good, ...rest, passes: [{ kind: 'stream' }] },
    { ...good, ...rest, sizeBytes: 8 * MiB },
    { ...good, ...rest, badRanges: [{ start: 7, end: 3 }] },
    { ...good, ...rest, bytes: 3 * MiB },
    { ...good, ...rest, key: 'aa' },
  ];
  for (const value of records) {
    await sow(disk);
    const record = memoryCheckpoint();
    record.save(value);
    const evidence = await runMethod(overwrite, disk.path, createMethodContext(disk.path, { record }));
    assert.equal(evidence.bytes, sizeBytes, JSON.stringify(value));
    assert.equal(bytesOf(disk).indexOf(canary), -1, JSON.stringify(value));
  }
  // That they would have been taken if nothing had been wrong with them:
  await sow(disk);
  const record = memoryCheckpoint();
  record.save({ ...good, ...rest });
  await runMethod(overwrite, disk.path, createMethodContext(disk.path, { record }));
  assert.ok(bytesOf(disk).lastIndexOf(canary) < 2 * MiB);
  assert.notEqual(bytesOf(disk).indexOf(canary), -1);
});

test('nothing is claimed of an overwrite whose record is gone', async () => {
  await using disk = await createLoopDevice({ sizeBytes: MiB });
  await using target = await claimTarget(disk.path);
  const evidence = await overwrite.run(target, createMethodContext(disk.path));
  const without = createMethodContext(disk.path);
  await assert.rejects(overwrite.verify(target, evidence, without), /no record of an overwrite that has ended/);
});

test('checkpoints claim no byte that was not flushed before', async () => {
  const sizeBytes = 24 * MiB;
  await using disk = await createLoopDevice({ sizeBytes });
  const method = createOverwrite({ interval: { bytes: MiB, milliseconds: 60_000 } });
  const context = createMethodContext(disk.path, { options: { passes: [{ kind: 'stream' }] } });
  await using target = await claimTarget(disk.path);
  let flushes = 0;
  let reachedAtFlush = 0;
  const { handle } = target.target;
  const datasync = handle.datasync.bind(handle);
  handle.datasync = async () => {
    const reached = context.reports.at(-1)?.done ?? 0;
    await datasync();
    flushes += 1;
    reachedAtFlush = Math.max(reachedAtFlush, reached);
  };
  const claims: [number, number][] = [];
  const { save } = context.record;
  context.record.save = (value) => {
    claims.push([(value as { position: number }).position, reachedAtFlush]);
    save(value);
  };
  await method.run(target, context);
  assert.ok(flushes > 3, String(flushes));
  // A report follows the checkpoint of its own block, so that a claim may be ahead of the last report by one block.
  for (const [claimed, flushed] of claims) assert.ok(claimed <= flushed + MiB, `${claimed} of ${flushed}`);
});
