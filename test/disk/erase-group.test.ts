import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, it } from 'node:test';
import { JobCancelled } from '../../src/core/job-cancelled.ts';
import { allocateAligned } from '../../src/storage/device-io/aligned-memory.ts';
import { flush, writeAt } from '../../src/storage/device-io/disk-target.ts';
import type { DeviceErasure } from '../../src/storage/erase/device-erasure.ts';
import { type EraseMethod, EraseMethodError, type EraseTarget } from '../../src/storage/erase/method.ts';
import { createFullDisk, eraseAll, type GroupScene } from '../support/erase-group-run.ts';
import { makeMethod, noEvidence } from '../support/erase-request.ts';
import type { LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';

const mebibyte = 1024 ** 2;

/** One disk full of random bytes, erased by made methods. */
async function eraseOne(disk: LoopDevice, scene: GroupScene): Promise<DeviceErasure> {
  const [erasure] = await eraseAll([disk], scene);
  assert.ok(erasure);
  return erasure;
}

async function zeroAll({ target }: EraseTarget): Promise<void> {
  const zeros = allocateAligned(mebibyte);
  for (let offset = 0; offset < target.sizeBytes; offset += mebibyte) await writeAt(target, zeros, offset);
  await flush(target);
}

const zeroing = makeMethod('overwrite', {
  async run(target) {
    await zeroAll(target);
    return { ...noEvidence, bytes: target.target.sizeBytes };
  },
});

const idle = (name: EraseMethod['name']): EraseMethod => makeMethod(name, { run: () => Promise.resolve(noEvidence) });

describe('eraseGroup, on a loop device', () => {
  it('calls a disk clean when nothing of what was there is left', async () => {
    await using disk = await createFullDisk();
    const erasure = await eraseOne(disk, { methods: [zeroing] });
    assert.equal(erasure.isClean, true, erasure.reason ?? '');
    assert.deepEqual([erasure.methodDone, erasure.sanitization, erasure.reason], ['overwrite', 'clear', null]);
    assert.deepEqual(
      erasure.checks.map(({ name, passed }) => [name, passed]),
      [
        ['watermarks', true],
        ['samples', true],
      ],
    );
    assert.equal(erasure.bytes, disk.sizeBytes);
  });

  for (const name of [
    'nvme-sanitize-crypto',
    'ata-secure-erase',
    'scsi-format-unit',
    'overwrite',
    'write-zeroes',
    'discard',
  ] as const) {
    it(`never calls a disk clean of which ${name} erased nothing`, async () => {
      await using disk = await createFullDisk();
      const erasure = await eraseOne(disk, { methods: [idle(name)], method: name });
      assert.deepEqual([erasure.isClean, erasure.methodDone, erasure.sanitization], [false, null, null]);
      assert.match(erasure.reason ?? '', /16 of 16 blocks written before the erase are still there/);
    });
  }

  it('sees an erase of all but one MiB', async () => {
    await using disk = await createFullDisk();
    const almost = makeMethod('overwrite', {
      async run({ target }) {
        const zeros = allocateAligned(mebibyte);
        for (let offset = 0; offset < target.sizeBytes - mebibyte; offset += mebibyte)
          await writeAt(target, zeros, offset);
        await flush(target);
        return noEvidence;
      },
    });
    const erasure = await eraseOne(disk, { methods: [almost] });
    assert.equal(erasure.isClean, false);
    assert.match(erasure.reason ?? '', /still there/);
  });

  it('goes on with a weaker method only where the node allows it, and says so', async () => {
    await using disk = await createFullDisk();
    const broken = makeMethod('ata-secure-erase', {
      run: () => Promise.reject(new EraseMethodError('the drive aborted', { tool: 'hdparm', exitCode: 5 })),
    });
    const refused = await eraseOne(disk, { methods: [broken, zeroing] });
    assert.deepEqual([refused.isClean, refused.reason, refused.attempts.length], [false, 'the drive aborted', 1]);
    const erasure = await eraseOne(disk, { methods: [broken, zeroing], allowWeaker: true });
    assert.deepEqual(
      [erasure.isClean, erasure.methodAsked, erasure.methodDone],
      [true, 'ata-secure-erase', 'overwrite'],
    );
    assert.deepEqual(erasure.attempts, [
      { method: 'ata-secure-erase', error: 'the drive aborted', tool: 'hdparm', exitCode: 5 },
      { method: 'overwrite', error: null, tool: 'test', exitCode: null },
    ]);
  });

  it('does not call a disk clean that has bad sectors', async () => {
    await using disk = await createFullDisk();
    const worn = makeMethod('overwrite', {
      async run(target) {
        await zeroAll(target);
        return { ...noEvidence, badRanges: [{ start: 4096, end: 8192 }] };
      },
    });
    const erasure = await eraseOne(disk, { methods: [worn] });
    assert.deepEqual([erasure.isClean, erasure.methodDone], [false, null]);
    assert.match(erasure.reason ?? '', /1 ranges could not be written/);
  });

  it('erases all disks that one run reaches, together', async () => {
    await using first = await createFullDisk();
    await using second = await createFullDisk();
    const both = [first.path, second.path];
    let runs = 0;
    const wide = makeMethod('nvme-sanitize-block', {
      reach: () => both,
      async run(target) {
        runs += 1;
        await zeroAll(target);
        const other = openSync(second.path, 'r+');
        writeSync(other, Buffer.alloc(second.sizeBytes));
        closeSync(other);
        return noEvidence;
      },
    });
    const erasures = await eraseAll([first, second], { methods: [wide] });
    assert.deepEqual([runs, erasures.map(({ isClean }) => isClean)], [1, [true, true]]);
  });

  it('ends a cancelled disk as not clean, with the reason, and tries nothing weaker', async () => {
    await using disk = await createFullDisk();
    const controller = new AbortController();
    const cancelled = makeMethod('ata-secure-erase', {
      async run(_target, { signal }) {
        controller.abort(new JobCancelled());
        signal.throwIfAborted();
        return noEvidence;
      },
    });
    const methods = [cancelled, zeroing];
    const erasure = await eraseOne(disk, { methods, allowWeaker: true, signal: controller.signal });
    assert.deepEqual([erasure.isClean, erasure.attempts.length], [false, 1]);
    assert.match(erasure.reason ?? '', /cancelled/);
    assert.equal(erasure.bytes, null, 'nobody knows what it had written by then');
  });

  it('says that nothing was written to a disk that was cancelled before its turn', async () => {
    await using disk = await createFullDisk();
    const signal = AbortSignal.abort(new JobCancelled());
    const { isClean, reason, bytes, startedAt } = await eraseOne(disk, { methods: [zeroing], signal });
    assert.deepEqual([isClean, bytes, startedAt], [false, 0, null]);
    assert.match(reason ?? '', /cancelled before it was begun/);
  });

  it('lets a method that cannot be cancelled come to its end, and calls the disk not clean', async () => {
    await using disk = await createFullDisk();
    const controller = new AbortController();
    const steady = makeMethod('nvme-sanitize-block', {
      cancellable: false,
      async run(target, { signal, run }) {
        controller.abort(new JobCancelled());
        signal.throwIfAborted();
        await run({ program: 'true', args: [], effect: { kind: 'read' } });
        await zeroAll(target);
        return noEvidence;
      },
    });
    const erasure = await eraseOne(disk, { methods: [steady], signal: controller.signal });
    assert.deepEqual([erasure.isClean, erasure.methodDone], [false, null]);
    assert.match(erasure.reason ?? '', /cancelled in the middle of nvme-sanitize-block, which could not be stopped/);
    assert.ok(
      erasure.checks.every(({ passed }) => passed),
      'it came to its end',
    );
  });

  it('leaves a disk to the next process when the worker stops, which looks for the same marks', async () => {
    await using disk = await createFullDisk();
    const checkpoint = memoryCheckpoint();
    const controller = new AbortController();
    const stopping = makeMethod('overwrite', {
      run(_target, { record, signal }) {
        record.save({ far: 'as this' });
        controller.abort(new Error('the worker is stopping'));
        signal.throwIfAborted();
        return Promise.resolve(noEvidence);
      },
    });
    await assert.rejects(
      eraseOne(disk, { methods: [stopping], checkpoint, signal: controller.signal }),
      /the worker is stopping/,
    );
    let found: unknown = null;
    const next = makeMethod('overwrite', {
      run(_target, { record }) {
        found = record.read();
        return Promise.resolve(noEvidence);
      },
    });
    const erasure = await eraseOne(disk, { methods: [next], checkpoint });
    assert.deepEqual([found, erasure.isClean, erasure.resumed], [{ far: 'as this' }, false, 1]);
    assert.match(erasure.reason ?? '', /16 of 16 blocks written before/);
  });
});
