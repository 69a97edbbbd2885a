import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ByteRange, mergeRanges } from '../../../../../src/storage/device-io/byte-range.ts';
import { createFaults, inPieces, usualLimits } from '../../../../../src/storage/erase/overwrite/faults.ts';

const target = { path: '/dev/sdx', sizeBytes: 2 ** 30, sectorBytes: 512 };
const { signal } = new AbortController();

const failure = (code: string): Error => new Error('cannot write', { cause: Object.assign(new Error(code), { code }) });

/** A device with bad sectors; what is done is kept. */
function deviceWith(bad: readonly ByteRange[]) {
  const done: ByteRange[] = [];
  const io = async (piece: ByteRange): Promise<void> => {
    if (bad.some(({ start, end }) => piece.start < end && piece.end > start)) throw failure('EIO');
    done.push(piece);
  };
  return { done, io };
}

test('whatever is bad, all the rest is done, and only the bad sectors are told', async () => {
  const sectors = 2048;
  const badSectors = fc.array(fc.record({ start: fc.nat(sectors - 1), length: fc.integer({ min: 1, max: 40 }) }), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(badSectors, fc.constantFrom(512, 4096), async (ranges, sectorBytes) => {
      const device = { path: '/dev/sdx', sizeBytes: sectors * sectorBytes, sectorBytes };
      const bad = mergeRanges(
        ranges.map(({ start, length }) => ({ start: start * sectorBytes, end: (start + length) * sectorBytes })),
        device,
      );
      const { done, io } = deviceWith(bad);
      const faults = createFaults(device);
      const block = { start: 0, end: device.sizeBytes };
      const badBytes = await inPieces(block, { faults, sectorBytes, signal }, io);
      assert.deepEqual(faults.ranges, bad);
      assert.equal(
        badBytes,
        bad.reduce((sum, { start, end }) => sum + end - start, 0),
      );
      assert.deepEqual(mergeRanges([...done, ...bad], device), [block]);
    }),
    { numRuns: 100 },
  );
});

test('one bad sector in a block of 1 MiB takes few calls, since each may take seconds', async () => {
  let failed = 0;
  let calls = 0;
  const { io } = deviceWith([{ start: 700_416, end: 700_928 }]);
  const count = async (piece: ByteRange): Promise<void> => {
    calls += 1;
    await io(piece).catch((error: unknown) => {
      failed += 1;
      throw error;
    });
  };
  await inPieces({ start: 0, end: 1024 * 1024 }, { faults: createFaults(target), sectorBytes: 512, signal }, count);
  assert.deepEqual({ failed, calls }, { failed: 4, calls: 41 });
});

for (const code of ['ENODATA', 'EREMOTEIO', 'EILSEQ', 'ETIMEDOUT', 'EIO']) {
  test(`${code} is of the place alone`, async () => {
    assert.equal(await createFaults(target).attempt(() => Promise.reject(failure(code))), false);
  });
}

for (const code of ['ENODEV', 'ENXIO', 'ENOSPC', 'EROFS', 'EBADF', 'ENOLINK']) {
  test(`${code} is of the whole device and ends the work`, async () => {
    const attempt = createFaults(target).attempt(() => Promise.reject(failure(code)));
    await assert.rejects(attempt, { name: 'EraseMethodError', message: 'cannot write' });
  });
}

test('a device is given up when nothing succeeds over a long stretch, and not when something does between', async () => {
  const limits = { ...usualLimits, bytesInRow: 4096 };
  const faults = createFaults(target, [], limits);
  for (let sector = 0; sector < 7; sector += 1) faults.add({ start: sector * 512, end: sector * 512 + 512 });
  await faults.attempt(() => Promise.resolve());
  for (let sector = 7; sector < 14; sector += 1) faults.add({ start: sector * 512, end: sector * 512 + 512 });
  assert.throws(() => faults.add({ start: 8192, end: 8704 }), /given up: 4096 bytes failed in a row/);
});

test('a device is given up when it has too many bad ranges', () => {
  const faults = createFaults(target, [], { ...usualLimits, ranges: 10 });
  for (let index = 0; index < 10; index += 1) faults.add({ start: index * 2048, end: index * 2048 + 512 });
  assert.throws(() => faults.add({ start: 40_960, end: 41_472 }), /given up: it has more than 10 bad ranges/);
});

test('a device is given up when failures have taken too long', async () => {
  const faults = createFaults(target, [], { ...usualLimits, seconds: 0 });
  const slow = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    throw failure('EIO');
  };
  await assert.rejects(faults.attempt(slow), /given up: more than 0 s went into calls that failed/);
});

test('an abort is heard between two pieces', async () => {
  const stop = new AbortController();
  const { io } = deviceWith([{ start: 0, end: 1024 * 1024 }]);
  const stopping = async (piece: ByteRange): Promise<void> => {
    if (piece.start >= 8192) stop.abort();
    await io(piece);
  };
  const faults = createFaults(target);
  const work = inPieces({ start: 0, end: 1024 * 1024 }, { faults, sectorBytes: 512, signal: stop.signal }, stopping);
  await assert.rejects(work, { name: 'AbortError' });
  assert.deepEqual(faults.ranges, [{ start: 0, end: 8192 }]);
});
