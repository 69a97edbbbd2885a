import assert from 'node:assert/strict';
import { constants, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { passOverDisks } from '../../src/burn-in/disk-passes.ts';
import type { BlockDevice } from '../../src/core/block-device.ts';
import { JobCancelled } from '../../src/core/job-cancelled.ts';
import { burninDisk } from '../../src/steps/burnin-disk.ts';
import { burnInContext, startBurnIn } from '../support/burn-in-step.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { createFaultyDisk } from '../support/faulty-disk.ts';
import { isRunning } from '../support/is-running.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { runningBelow } from '../support/running-programs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const MiB = 1024 * 1024;
const sizeBytes = 64 * MiB;
const exclusively = constants.O_RDWR | constants.O_EXCL;

test('every disk is written over and read back as often as wanted, each with its progress', async () => {
  using directory = temporaryDirectory();
  await using first = await createLoopDevice({ sizeBytes });
  await using second = await createLoopDevice({ sizeBytes: 16 * MiB + 512 });
  for (const { path: device } of [first, second]) await sowCanaries(device);
  const file = path.join(directory.path, 'burn-in', 'disks.json');
  const { context, result } = startBurnIn(burninDisk, {
    devices: [first.path, second.path],
    driverInfo: { agent_burnin_fio_disk_loops: 2, agent_burnin_fio_disk_outputfile: file },
    config: { stateDir: directory.path },
  });
  assert.equal(await result, null);
  assert.deepEqual(await findCanaries(first.path), [], 'nothing of what was on it is left');
  const { phase, done, total, devices } = context.reports.at(-1) ?? {};
  assert.deepEqual([phase, done, total], ['burnin', 4 * 80 * MiB, 4 * 80 * MiB]);
  assert.deepEqual(devices, {
    [first.path]: { phase: 'verify 2/2', done: sizeBytes, total: sizeBytes },
    [second.path]: { phase: 'verify 2/2', done: 16 * MiB, total: 16 * MiB },
  });
  const phases = new Set(context.reports.map((report) => report.devices?.[first.path]?.phase));
  assert.deepEqual([...phases], ['write 1/2', 'verify 1/2', 'write 2/2', 'verify 2/2']);
  const passes = context.entries.filter(({ message }) => message === 'a pass over the disks is over');
  assert.deepEqual(
    passes.map(({ loop, pass }) => [loop, pass]),
    [
      [1, 'write'],
      [1, 'verify'],
      [2, 'write'],
      [2, 'verify'],
    ],
  );
  const written = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual([written.length, written[3].disks[0].bytes], [4, sizeBytes]);
});

test('a disk that cannot be written in a place fails by its name, and the other one is not blamed', async () => {
  await using good = await createLoopDevice({ sizeBytes: 16 * MiB });
  await using bad = await createFaultyDisk({ sizeBytes: 2 * MiB });
  bad.failWrites({ start: MiB, end: MiB + 512 });
  const { context, result } = startBurnIn(burninDisk, { devices: [good.path, bad.path] });
  await assert.rejects(result, (error: Error & { details: string }) => {
    assert.match(
      error.details,
      new RegExp(`write 1/4, failed: ${bad.path}: i/o error \\(EIO\\); fio .*exit code`, 's'),
    );
    assert.doesNotMatch(error.details, new RegExp(`${good.path}: `));
    return true;
  });
  assert.equal(context.reports.at(-1)?.devices?.[bad.path]?.phase, 'failed');
});

test('a disk that drops a write is found out in the first loop, and in a later one', async () => {
  await using disk = await createFaultyDisk({ sizeBytes: MiB });
  const dropped = { start: MiB / 2, end: MiB / 2 + 4096 };
  const burn = (loops: number) =>
    startBurnIn(burninDisk, { devices: [disk.path], driverInfo: { agent_burnin_fio_disk_loops: loops } });
  disk.dropWrites(dropped);
  const different = new RegExp(`verify 1/1, failed: ${disk.path}: what was read back is not what was written`);
  await assert.rejects(burn(1).result, { details: different });

  disk.dropWrites();
  const later = burn(2);
  const isSecond = (): boolean =>
    later.context.reports.some((report) => report.devices?.[disk.path]?.phase === 'verify 1/2');
  const rejected = assert.rejects(later.result, { details: /verify 2\/2, failed: .*not what was written/ });
  await until(isSecond, { withinMs: 60_000, what: 'the first loop is read back' });
  disk.dropWrites(dropped);
  await rejected;
});

test('a disk of which fio leaves out a part is not taken for tested', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 16 * MiB });
  const context = burnInContext({ devices: [disk.path] });
  const larger = { path: disk.path, sizeBytes: 32 * MiB } as BlockDevice;
  const burnt = passOverDisks([larger], { loops: 1, runtimeSeconds: null }, context, async () => undefined);
  await assert.rejects(burnt, { details: new RegExp(`${disk.path}: write covered ${16 * MiB} of ${32 * MiB} bytes`) });
});

test('nothing is touched unless every disk may be, and can be had alone', async () => {
  await using free = await createLoopDevice({ sizeBytes: 16 * MiB });
  await using taken = await createLoopDevice({ sizeBytes: 16 * MiB });
  const sown = await sowCanaries(free.path);
  await using _writer = await open(taken.path, exclusively);
  const { result } = startBurnIn(burninDisk, { devices: [free.path, taken.path] });
  await assert.rejects(result, { name: 'ProtectedDeviceError' });
  assert.equal((await findCanaries(free.path)).length, sown.length);
});

test('a disk on the skip list is left alone', async () => {
  await using wanted = await createLoopDevice({ sizeBytes: 16 * MiB });
  await using kept = await createLoopDevice({ sizeBytes: 16 * MiB });
  const sown = await sowCanaries(kept.path);
  const { context, result } = startBurnIn(burninDisk, {
    devices: [wanted.path, kept.path],
    driverInfo: { agent_burnin_fio_disk_loops: 1 },
    properties: { skip_block_devices: [{ name: kept.path }] },
  });
  assert.equal(await result, null);
  assert.equal((await findCanaries(kept.path)).length, sown.length);
  assert.deepEqual(Object.keys(context.reports.at(-1)?.devices ?? {}), [wanted.path]);
});

test('while it runs nobody else gets a disk, and cancelled it leaves nothing running', async () => {
  await using disk = await createFaultyDisk({ sizeBytes: 16 * MiB });
  const controller = new AbortController();
  const { result } = startBurnIn(burninDisk, { devices: [disk.path], signal: controller.signal });
  const rejected = assert.rejects(result, /aborted/);
  const pids = await until(() => runningBelow('fio\x00--output'), { withinMs: 20_000, what: 'fio runs' });
  await assert.rejects(open(disk.path, exclusively), { code: 'EBUSY' });
  controller.abort(new JobCancelled());
  await rejected;
  assert.deepEqual(pids.filter(isRunning), []);
  await using again = await open(disk.path, exclusively);
  assert.ok(again.fd > 0);
});

test('a limit of time ends it, after what was written has been read back', async () => {
  await using disk = await createFaultyDisk({ sizeBytes: 64 * MiB });
  const { context, result } = startBurnIn(burninDisk, {
    devices: [disk.path],
    driverInfo: { agent_burnin_fio_disk_runtime: 4 },
  });
  assert.equal(await result, null);
  const [written, verified] = context.entries
    .filter(({ message }) => message === 'a pass over the disks is over')
    .map(({ disks }) => (disks as readonly { readonly bytes: number }[])[0]?.bytes ?? 0);
  assert.ok(written !== undefined && written > 0 && written < sizeBytes, `${written} bytes were written`);
  assert.ok(verified !== undefined && verified > 0 && verified <= written, `${verified} of ${written} were read back`);
  assert.equal(context.reports.at(-1)?.total, null);
});

test('a run after the process died goes on behind the last complete loop, and anew with other disks', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 16 * MiB });
  const burn = async (disks: readonly string[]): Promise<readonly unknown[]> => {
    const checkpoint = memoryCheckpoint();
    checkpoint.save({ disks, loops: 1, seconds: 5 });
    const driverInfo = { agent_burnin_fio_disk_loops: 2 };
    const { context, result } = startBurnIn(burninDisk, { devices: [disk.path], checkpoint, driverInfo });
    await result;
    assert.deepEqual(checkpoint.read(), {
      disks: [disk.path],
      loops: 2,
      seconds: (checkpoint.read() as { seconds: number }).seconds,
    });
    return context.entries.flatMap(({ loop }) => loop ?? []);
  };
  assert.deepEqual(await burn([disk.path]), [2, 2]);
  assert.deepEqual(await burn(['/dev/other']), [1, 1, 2, 2]);
});

test('a disk without a self-test is left out of it, with a warning', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 16 * MiB });
  const { context, result } = startBurnIn(burninDisk, {
    devices: [disk.path],
    driverInfo: { agent_burnin_fio_disk_loops: 1, agent_burnin_fio_disk_smart_test: true },
  });
  assert.equal(await result, null);
  const warning = context.entries.find(({ message }) => String(message).startsWith('the disk has no self-test'));
  assert.equal(warning?.['device'], disk.path);
});
