import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOverwrite, overwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { claimTarget, createMethodContext, runMethod, streamThenZeros } from '../support/overwritten-disk.ts';
import { canary, sow } from '../support/sown-disk.ts';
import { bytesOf } from '../support/written-disk.ts';

const MiB = 1024 * 1024;

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
