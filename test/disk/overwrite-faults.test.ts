import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createOverwrite, overwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { usualLimits } from '../../src/storage/erase/overwrite/faults.ts';
import { createFaultyDisk, type FaultyDisk } from '../support/faulty-disk.ts';
import { claimTarget, createMethodContext, runMethod } from '../support/overwritten-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 6 * MiB;

async function poisonedDisk(sectorBytes: 512 | 4096 = 512): Promise<FaultyDisk> {
  const disk = await createFaultyDisk({ sizeBytes, sectorBytes });
  writeFileSync(disk.backingFile, Buffer.alloc(sizeBytes, 0xa5));
  return disk;
}

test('a disk with sectors of 4096 bytes is tried in no smaller pieces', async () => {
  await using disk = await poisonedDisk(4096);
  disk.failWrites({ start: MiB + 8192, end: MiB + 8193 });
  const context = createMethodContext(disk.path, { options: { passes: [{ kind: 'stream' }] } });
  const evidence = await runMethod(overwrite, disk.path, context);
  assert.deepEqual(evidence.badRanges, [{ start: MiB + 8192, end: MiB + 12_288 }]);
  assert.equal(evidence.bytes, sizeBytes - 4096);
});

test('sectors that cannot be written are told one by one, and everything else is written', async () => {
  await using disk = await poisonedDisk();
  const bad = [
    { start: MiB - 512, end: MiB + 1024 },
    { start: 3 * MiB + 512, end: 3 * MiB + 1024 },
    { start: sizeBytes - 512, end: sizeBytes },
  ];
  disk.failWrites(...bad);
  const context = createMethodContext(disk.path, { options: { passes: [{ kind: 'pattern', byte: 0x5a }] } });
  const evidence = await runMethod(overwrite, disk.path, context);
  assert.deepEqual(evidence.badRanges, bad);
  const badBytes = 512 * 5;
  assert.equal(evidence.bytes, sizeBytes - badBytes);
  const wanted = Buffer.alloc(sizeBytes, 0x5a);
  for (const { start, end } of bad) wanted.fill(0xa5, start, end);
  assert.ok(readFileSync(disk.backingFile).equals(wanted));
});

test('a read-back fails where sectors cannot be read, and says where', async () => {
  await using disk = await poisonedDisk();
  const context = createMethodContext(disk.path, { options: { readBack: 'full' } });
  await using target = await claimTarget(disk.path);
  const evidence = await overwrite.run(target, context);
  assert.deepEqual(evidence.badRanges, []);
  disk.failReads({ start: 2 * MiB + 1024, end: 2 * MiB + 1536 });
  const [check] = await overwrite.verify(target, evidence, context);
  assert.equal(check?.passed, false);
  assert.match(check?.detail ?? '', /1 ranges cannot be read, the first is 2098176 to 2098688/);
  assert.doesNotMatch(check?.detail ?? '', /do not hold/);
});

test('a disk that drops writes without a word is found out', async () => {
  await using disk = await poisonedDisk();
  disk.dropWrites({ start: 4 * MiB, end: 4 * MiB + 1 });
  const passes = [{ kind: 'stream' }] as const;
  const context = createMethodContext(disk.path, { options: { passes, readBack: 'full' } });
  await using target = await claimTarget(disk.path);
  const evidence = await overwrite.run(target, context);
  const [check] = await overwrite.verify(target, evidence, context);
  assert.equal(check?.passed, false);
  assert.match(check?.detail ?? '', /sectors do not hold the keyed stream, the first difference is at byte 4194304$/);
});

test('a disk on which every write changes nothing is found out by a sample', async () => {
  await using disk = await poisonedDisk();
  disk.dropWrites({ start: 0, end: sizeBytes });
  const context = createMethodContext(disk.path);
  await using target = await claimTarget(disk.path);
  const evidence = await overwrite.run(target, context);
  const [check] = await overwrite.verify(target, evidence, context);
  assert.equal(check?.passed, false);
  assert.match(check?.detail ?? '', /sectors do not hold zeros, the first difference is at byte 0$/);
});

test('a disk that takes no write at all is given up instead of being tried sector by sector to its end', async () => {
  await using disk = await poisonedDisk();
  const impatient = createOverwrite({ limits: { ...usualLimits, bytesInRow: MiB / 8 } });
  const context = createMethodContext(disk.path);
  await using target = await claimTarget(disk.path);
  await disk.vanish();
  await assert.rejects(impatient.run(target, context), {
    name: 'EraseMethodError',
    message: `${disk.path}: given up: ${MiB / 8} bytes failed in a row, with no success between them`,
  });
});

test('a disk that vanishes half way fails the erase, and what was done before is in the record', async () => {
  await using disk = await poisonedDisk();
  const limits = { ...usualLimits, bytesInRow: MiB / 8 };
  const method = createOverwrite({ limits, interval: { bytes: 1, milliseconds: 0 } });
  const vanished: Promise<void>[] = [];
  const context = createMethodContext(disk.path, {
    options: { passes: [{ kind: 'stream' }] },
    onReport({ done }) {
      if (done === 2 * MiB) vanished.push(disk.vanish());
    },
  });
  await using target = await claimTarget(disk.path);
  await assert.rejects(method.run(target, context), { name: 'EraseMethodError' });
  await Promise.all(vanished);
  assert.equal(vanished.length, 1);
  const { position } = context.record.read() as { position: number };
  assert.ok(position <= 6 * MiB && position % MiB === 0, String(position));
});

test('bad places of an earlier run stay told by the one that goes on', async () => {
  await using disk = await poisonedDisk();
  const bad = { start: 512, end: 1024 };
  disk.failWrites(bad);
  const stop = new AbortController();
  const passes = [{ kind: 'stream' }, { kind: 'zeros' }] as const;
  const first = createMethodContext(disk.path, {
    options: { passes },
    signal: stop.signal,
    onReport: ({ done }) => done >= MiB && stop.abort(),
  });
  await assert.rejects(runMethod(overwrite, disk.path, first), { name: 'AbortError' });
  disk.failWrites();
  const second = createMethodContext(disk.path, { options: { passes }, record: first.record });
  const evidence = await runMethod(overwrite, disk.path, second);
  assert.deepEqual(evidence.badRanges, [bad]);
  assert.equal(evidence.bytes, 2 * sizeBytes - 512);
});
