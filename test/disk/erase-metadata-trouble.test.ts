import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { JobCancelled } from '../../src/core/job-cancelled.ts';
import type { MetadataProgress } from '../../src/storage/erase/metadata/metadata-record.ts';
import { EraseMethodError, type MethodProgress } from '../../src/storage/erase/method.ts';
import { metadata } from '../../src/storage/erase/methods/metadata.ts';
import { readGptOf, writePlaces } from '../support/laid-out-disk.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { type ClaimedTarget, claimTarget, createMethodContext } from '../support/overwritten-disk.ts';
import { gfs2, xfs } from '../support/signatures/file-systems.ts';
import { nothing, recognise, recogniseDevice } from '../support/signatures/recognise.ts';
import { MiB } from '../support/signatures/signature.ts';

const sizeBytes = 128 * MiB;

interface UsedDisk {
  readonly parts: readonly { readonly start: number; readonly end: number }[];
}

/** Two partitions with file systems that the kernel knows nothing of. */
async function useDisk(loop: LoopDevice): Promise<UsedDisk> {
  execFileSync('sgdisk', ['--new=1:0:+50M', '--new=2:0:0', loop.path], { stdio: 'ignore' });
  const parts = readGptOf(loop.path);
  const signatures = [xfs, gfs2];
  await writePlaces(
    loop.path,
    parts.flatMap(({ start, end }, i) =>
      (signatures[i]?.place(end - start) ?? []).map(({ offset, bytes }) => ({ offset: start + offset, bytes })),
    ),
  );
  return { parts };
}

function assertGone(loop: LoopDevice, { parts }: UsedDisk): void {
  assert.deepEqual(recogniseDevice(loop.path), nothing);
  for (const part of parts) assert.deepEqual(recognise(loop.backingFile, { ...part, sectorBytes: 512 }), nothing);
}

/** The same device, to which every write goes after `write` had its say. */
function withWrite(
  target: ClaimedTarget,
  write: (bytes: Uint8Array, offset: number) => 'take' | 'drop' | Error,
): ClaimedTarget {
  const { handle } = target.target;
  const writing = new Proxy(handle, {
    get(_, property) {
      if (property === 'write')
        return async (bytes: Uint8Array, from: number, length: number, offset: number) => {
          const answer = write(bytes, offset);
          if (answer instanceof Error) throw answer;
          if (answer === 'drop') return { bytesWritten: length, buffer: bytes };
          return handle.write(bytes, from, length, offset);
        };
      const value: unknown = Reflect.get(handle, property);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(handle) : value;
    },
  });
  return { ...target, target: { ...target.target, handle: writing } };
}

test('a run that died at any place is gone on with, although the table is gone already', async () => {
  const died = new Error('the process died');
  for (const writes of [1, 20, 23, 45, 60]) {
    await using loop = await createLoopDevice({ sizeBytes });
    const used = await useDisk(loop);
    const record = memoryCheckpoint();
    const reports: MethodProgress[] = [];
    const first = createMethodContext(loop.path, { record, onReport: (report) => reports.push(report) });
    {
      await using target = await claimTarget(loop.path);
      let left = writes;
      const dying = withWrite(target, () => (left-- > 0 ? 'take' : died));
      await assert.rejects(metadata.run(dying, first), /the process died/);
    }
    const done = (record.read() as MetadataProgress).done;
    const second = createMethodContext(loop.path, { record });
    await using target = await claimTarget(loop.path);
    const evidence = await metadata.run(target, second);
    const checks = await metadata.verify(target, evidence, second);
    assert.deepEqual(
      checks.map(({ name, passed }) => [name, passed]),
      [
        ['signatures', true],
        ['read-back', true],
        ['partitions', true],
      ],
    );
    assert.equal(evidence.details.partitions, 2, 'the partitions are known although the table is gone');
    const last = second.reports.at(-1);
    assert.deepEqual([last?.done, last?.total], [evidence.bytes, evidence.bytes], 'nothing is counted twice');
    const begun = second.reports[0]?.done ?? 0;
    assert.ok(done === 0 || begun > 1 * MiB, `goes on after ${done} actions, at ${begun}`);
    assertGone(loop, used);
  }
});

test('running it again over what is done is harmless', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const used = await useDisk(loop);
  const record = memoryCheckpoint();
  for (const _ of [1, 2]) {
    await using target = await claimTarget(loop.path);
    await metadata.run(target, createMethodContext(loop.path, { record }));
  }
  assertGone(loop, used);
});

test('the partitions go before the disk, so that a run that is cut off leaves the table to find them by', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { parts } = await useDisk(loop);
  const offsets: number[] = [];
  await using target = await claimTarget(loop.path);
  await metadata.run(
    withWrite(target, (_, offset) => {
      offsets.push(offset);
      return 'take';
    }),
    createMethodContext(loop.path),
  );
  const [first = 0, second = 0] = parts.map(({ start }) => offsets.indexOf(start));
  assert.ok(second >= 0 && second < first && first < offsets.indexOf(0), `${second}, ${first}, ${offsets.indexOf(0)}`);
});

test('a cancelled run stops at the next block and says why', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await useDisk(loop);
  const abort = new AbortController();
  const context = createMethodContext(loop.path, {
    signal: abort.signal,
    onReport: ({ done }) => {
      if (done >= 5 * MiB) abort.abort(new JobCancelled());
    },
  });
  await using target = await claimTarget(loop.path);
  await assert.rejects(metadata.run(target, context), JobCancelled);
  assert.equal(context.reports.length, 5);
});

test('a device that takes writes and keeps nothing is a failure', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await useDisk(loop);
  await using target = await claimTarget(loop.path);
  const context = createMethodContext(loop.path);
  const dropping = withWrite(target, () => 'drop');
  const run: typeof context.run = async (call) =>
    call.args.includes('--all') ? { stdout: '', stderr: '', exitCode: 0 } : context.run(call);
  await assert.rejects(metadata.run(dropping, { ...context, run }), (error) => {
    assert.ok(error instanceof EraseMethodError);
    assert.match(error.message, /a signature is left: gpt/);
    return true;
  });
});

test('a device that drops one write of many is a failure', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await useDisk(loop);
  await writePlaces(loop.path, [{ offset: 70 * MiB, bytes: Buffer.from('nobody recognises this') }]);
  await using target = await claimTarget(loop.path);
  const dropping = withWrite(target, (_, offset) => (offset === 70 * MiB ? 'drop' : 'take'));
  await assert.rejects(metadata.run(dropping, createMethodContext(loop.path)), /byte 73400320 was written as zero and/);
});

test('a device that gives errors is a failure, of the method', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await useDisk(loop);
  await using target = await claimTarget(loop.path);
  const broken = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });
  const failing = withWrite(target, (_, offset) => (offset > 60 * MiB ? broken : 'take'));
  await assert.rejects(metadata.run(failing, createMethodContext(loop.path)), {
    name: 'EraseMethodError',
    message: /cannot write .* bytes at offset \d+: EIO/,
  });
});

test('verify finds what comes back after the run, where a partition was as well as on the disk', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  const { parts } = await useDisk(loop);
  const record = memoryCheckpoint();
  const context = createMethodContext(loop.path, { record });
  await using target = await claimTarget(loop.path);
  const evidence = await metadata.run(target, context);
  const second = parts[1]?.start ?? 0;
  await writePlaces(
    loop.path,
    gfs2.place(0).map(({ offset, bytes }) => ({ offset: second + offset, bytes })),
  );
  const failed = (await metadata.verify(target, evidence, context)).filter(({ passed }) => !passed);
  assert.deepEqual(
    failed.map(({ name, detail }) => `${name}: ${detail}`),
    [
      `signatures: a signature is left: gfs2 in what was partition 2 (byte ${second})`,
      `read-back: byte ${second + 65_536} was written as zero and reads back otherwise`,
    ],
  );
});

test('a record that is not understood, or of another disk, is a failure and nothing is written', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  await useDisk(loop);
  const before = readFileSync(loop.backingFile);
  const all = { start: 0, end: 512 };
  const smaller = { sizeBytes: 512, plan: [{ name: 'disk', region: all, zero: [all] }], done: 0 };
  for (const saved of [{ done: 1 }, 'x', { sizeBytes, plan: [], done: 0 }, smaller]) {
    const record = memoryCheckpoint();
    record.save(saved);
    await using target = await claimTarget(loop.path);
    await assert.rejects(metadata.run(target, createMethodContext(loop.path, { record })), EraseMethodError);
  }
  assert.ok(readFileSync(loop.backingFile).equals(before));
});
