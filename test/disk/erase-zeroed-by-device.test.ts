import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JobCancelled } from '../../src/core/job-cancelled.ts';
import type { RunTool, ToolCall } from '../../src/core/tool.ts';
import { ToolError } from '../../src/errors/tool-error.ts';
import { EraseMethodError } from '../../src/storage/erase/method.ts';
import { createDiscard } from '../../src/storage/erase/methods/discard.ts';
import { createWriteZeroes } from '../../src/storage/erase/methods/write-zeroes.ts';
import { probePlain } from '../../src/storage/erase/probe/probe-plain.ts';
import { writesZeroes } from '../../src/storage/writes-zeroes.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { makeDisk } from '../support/make-block-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { claimTarget, createMethodContext, diskOf } from '../support/overwritten-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 40 * MiB;

/** Both ways of having the device do it, with what they are done by. */
const ways = [
  { create: createDiscard, tool: 'blkdiscard' },
  { create: createWriteZeroes, tool: 'fallocate' },
] as const;

for (const { create, tool } of ways) {
  const inSteps = create(16 * MiB);
  describe(inSteps.name, () => {
    for (const sectorBytes of [512, 4096] as const) {
      test(`a loop device with ${sectorBytes}-byte sectors reads as zero to its end`, async () => {
        await using loop = await createLoopDevice({ sizeBytes: sizeBytes + sectorBytes, sectorBytes });
        await sowCanaries(loop.path);
        await using target = await claimTarget(loop.path);
        const disk = { ...target.disk, probe: probePlain(target.disk.device), writesZeroes: writesZeroes(loop.path) };
        assert.equal(inSteps.supports(disk).kind, 'supported');
        const context = createMethodContext(loop.path, { options: { readBack: 'full' } });
        const evidence = await inSteps.run(target, context);
        assert.deepEqual([evidence.tool, evidence.exitCode, evidence.bytes], [tool, 0, 0]);
        assert.deepEqual(
          context.reports.map(({ done }) => done),
          [0, 16 * MiB, 32 * MiB, sizeBytes + sectorBytes],
        );
        const checks = await inSteps.verify(target, evidence, context);
        assert.deepEqual(
          checks.map(({ name, passed }) => [name, passed]),
          [['read-back', true]],
        );
        assert.deepEqual(await findCanaries(loop.path), []);
      });
    }

    test('a device that says yes and does nothing does not pass', async () => {
      await using loop = await createLoopDevice({ sizeBytes });
      await sowCanaries(loop.path);
      await using target = await claimTarget(loop.path);
      for (const readBack of ['full', 'sample'] as const) {
        const context = createMethodContext(loop.path, { options: { readBack } });
        const run: RunTool = async () => ({ stdout: '', stderr: '', exitCode: 0 });
        const evidence = await inSteps.run(target, { ...context, run });
        const [check] = await inSteps.verify(target, evidence, context);
        assert.equal(check?.passed, false);
        assert.match(check.detail, /do not hold zeros/);
      }
    });

    test('what is done is not done again by the next process', async () => {
      await using loop = await createLoopDevice({ sizeBytes });
      await sowCanaries(loop.path);
      await using target = await claimTarget(loop.path);
      const record = memoryCheckpoint();
      const calls: ToolCall[] = [];
      const first = createMethodContext(loop.path, { record });
      const dying: RunTool = async (call) => {
        if (calls.push(call) === 2) throw new Error('the process died');
        return first.run(call);
      };
      await assert.rejects(inSteps.run(target, { ...first, run: dying }), /the process died/);
      const second = createMethodContext(loop.path, { record, options: { readBack: 'full' } });
      const counting: RunTool = async (call) => {
        calls.push(call);
        return second.run(call);
      };
      const evidence = await inSteps.run(target, { ...second, run: counting });
      assert.deepEqual(
        calls.map(({ args }) => Number(args[args.indexOf('--offset') + 1]) / MiB),
        [0, 16, 16, 32],
      );
      assert.equal((await inSteps.verify(target, evidence, second))[0]?.passed, true);
      assert.deepEqual(await findCanaries(loop.path), []);
    });

    test('a record of something else is not believed', async () => {
      await using loop = await createLoopDevice({ sizeBytes });
      await using target = await claimTarget(loop.path);
      for (const saved of [{ sizeBytes: 7, done: sizeBytes }, { sizeBytes, done: -1 }, { sizeBytes, done: 'x' }, 'x']) {
        const record = memoryCheckpoint();
        record.save(saved);
        const context = createMethodContext(loop.path, { record });
        await inSteps.run(target, context);
        assert.equal(context.reports[0]?.done, 0);
      }
    });

    test('it stops between two steps when it is cancelled', async () => {
      await using loop = await createLoopDevice({ sizeBytes });
      await using target = await claimTarget(loop.path);
      const abort = new AbortController();
      const context = createMethodContext(loop.path, {
        signal: abort.signal,
        onReport: ({ done }) => void (done > 0 && abort.abort(new JobCancelled())),
      });
      await assert.rejects(inSteps.run(target, context), JobCancelled);
    });

    test('a device that refuses is a failure of the program, with its exit code', async () => {
      await using loop = await createLoopDevice({ sizeBytes });
      await using target = await claimTarget(loop.path);
      const stderrTail = 'Operation not supported';
      const run: RunTool = async ({ program, args }) => {
        throw new ToolError({ program, args }, { exitCode: 1, why: 'exit code 1', stderrTail });
      };
      await assert.rejects(inSteps.run(target, { ...createMethodContext(loop.path), run }), (error) => {
        assert.ok(error instanceof EraseMethodError);
        assert.deepEqual([error.tool, error.exitCode], [tool, 1]);
        assert.match(error.message, /Operation not supported/);
        return true;
      });
    });
  });
}

test('only what guarantees zeros is discarded, and it never counts for more than Clear', () => {
  const discard = createDiscard();
  const device = makeDisk('/dev/sda');
  assert.equal(discard.supports(diskOf(device)).kind, 'unsupported');
  const probe = { kind: 'plain', zerosAfterDiscard: true } as const;
  assert.equal(discard.supports({ device, partitions: [], probe }).kind, 'supported');
  const locked = { device: { ...device, readOnly: true }, partitions: [], probe };
  assert.deepEqual(discard.supports(locked), { kind: 'unsupported', why: 'it is read-only' });
  assert.equal(discard.sanitization({ device, partitions: [], probe }), 'clear');
});

test('only what can write zeros by itself is told to, and it never counts for more than Clear', () => {
  const writeZeroes = createWriteZeroes();
  const disk = diskOf(makeDisk('/dev/sda'));
  assert.equal(writeZeroes.supports(disk).kind, 'unsupported');
  assert.equal(writeZeroes.supports({ ...disk, writesZeroes: false }).kind, 'unsupported');
  assert.equal(writeZeroes.supports({ ...disk, writesZeroes: true }).kind, 'supported');
  const locked = { ...disk, writesZeroes: true, device: { ...disk.device, readOnly: true } };
  assert.deepEqual(writeZeroes.supports(locked), { kind: 'unsupported', why: 'it is read-only' });
  assert.equal(writeZeroes.sanitization(disk), 'clear');
});
