import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobCheckpoint } from '../../src/core/job-context.ts';
import { type EraseWorld, eraseGroup } from '../../src/storage/erase/act/erase-group.ts';
import { EraseJournal } from '../../src/storage/erase/act/journal.ts';
import type { DeviceErasure } from '../../src/storage/erase/device-erasure.ts';
import type { EraseMethod } from '../../src/storage/erase/method.ts';
import { createScsiFormatUnit } from '../../src/storage/erase/methods/scsi/format-unit.ts';
import { createScsiSanitize } from '../../src/storage/erase/methods/scsi/sanitize.ts';
import { planErase } from '../../src/storage/erase/plan/plan-erase.ts';
import { probeScsi } from '../../src/storage/erase/probe/probe-scsi.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { usualEraseOptions } from '../support/erase-request.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { eraseDevice, shortPatience } from '../support/scsi-method.ts';
import { type ScsiBehaviour, SimulatedScsi } from '../support/simulated-scsi.ts';
import { createStorageHost } from '../support/storage-host.ts';

const sizeBytes = 8 * 1024 ** 2;
const methods = [
  createScsiSanitize('crypto', shortPatience),
  createScsiSanitize('block', shortPatience),
  createScsiSanitize('overwrite', shortPatience),
  createScsiFormatUnit(shortPatience),
] as const satisfies readonly EraseMethod[];

interface Scene {
  readonly method?: EraseMethod['name'];
  readonly allowWeaker?: boolean;
  readonly checkpoint?: JobCheckpoint;
  readonly signal?: AbortSignal;
}

async function createSownDisk(): Promise<LoopDevice> {
  const disk = await createLoopDevice({ sizeBytes });
  await sowCanaries(disk.path, { everyBytes: 64 * 1024 });
  return disk;
}

/** The drive whose medium is the loop device. */
function driveOn(disk: LoopDevice, behaviour: ScsiBehaviour = {}): SimulatedScsi {
  return new SimulatedScsi(behaviour, (action) => eraseDevice(disk.path, sizeBytes, action));
}

/** As the step does it: plan, claim, watermarks, run, verify. */
async function erase(disk: LoopDevice, drive: SimulatedScsi, scene: Scene = {}): Promise<DeviceErasure> {
  const real = createStorageHost([disk.path]);
  const host: EraseWorld['host'] = {
    ...real,
    ...(scene.signal ? { signal: scene.signal } : {}),
    async run(call) {
      if (!call.program.startsWith('sg_')) return await real.run(call);
      real.latch.permit(call.effect);
      return await drive.run(call);
    },
  };
  const device = (await listBlockDevices(host, { partitions: false })).find(({ path }) => path === disk.path);
  assert.ok(device);
  const checkpoint = scene.checkpoint ?? memoryCheckpoint();
  const journal = EraseJournal.resume(checkpoint) ?? EraseJournal.begin(checkpoint, await begin());
  const world = { host, methods: new Map(methods.map((method) => [method.name, method])), journal };
  const [erasure] = await eraseGroup(journal.run.plan.erase, {
    ...world,
    report: () => undefined,
    pollMilliseconds: 1,
  });
  assert.ok(erasure);
  return erasure;

  async function begin() {
    assert.ok(device);
    const plan = planErase({
      step: 'erase_devices',
      options: { ...usualEraseOptions, allowWeaker: scene.allowWeaker ?? false, method: scene.method ?? null },
      methods,
      disks: [{ device, partitions: [], probe: await probeScsi(device, host) }],
      places: new Map(),
      release: [],
      leftOut: [],
      refusals: [],
    });
    assert.deepEqual(plan.refusals, []);
    return { plan, hash: 'of a test', startedAt: new Date().toISOString() };
  }
}

describe('a SCSI disk', { timeout: 120_000 }, () => {
  for (const { name } of methods) {
    it(`is erased by ${name}, and that is proven`, async () => {
      await using disk = await createSownDisk();
      const erasure = await erase(disk, driveOn(disk), { method: name });
      assert.deepEqual([erasure.isClean, erasure.methodDone, erasure.reason], [true, name, null]);
      assert.equal(erasure.sanitization, name === 'scsi-format-unit' ? 'clear' : 'purge');
      assert.deepEqual(await findCanaries(disk.path), []);
    });

    for (const behaviour of [{ isNoOp: true }, { isNoOp: true, questions: 0 }]) {
      const how = behaviour.questions === 0 ? 'takes the command' : 'tells of its progress';
      it(`on which ${name} does nothing, but ${how}, is not clean`, async () => {
        await using disk = await createSownDisk();
        const drive = driveOn(disk, behaviour);
        const erasure = await erase(disk, drive, { method: name });
        assert.equal(drive.started.length, 1);
        assert.deepEqual([erasure.isClean, erasure.methodDone, erasure.sanitization], [false, null, null]);
        assert.match(erasure.reason ?? '', /watermarks: 16 of 16 blocks written before the erase are still there/);
        const hasReadBack = /read-back: .* do not hold zeros/.test(erasure.reason ?? '');
        assert.equal(hasReadBack, name === 'scsi-sanitize-overwrite' || name === 'scsi-format-unit');
      });
    }

    for (const kind of ['fails', 'vanishes', 'stalls'] as const) {
      it(`that ${kind} half way through ${name} is not clean`, async () => {
        await using disk = await createSownDisk();
        const drive = driveOn(disk, { mishap: { kind, afterQuestions: 2 } });
        const erasure = await erase(disk, drive, { method: name });
        assert.deepEqual([erasure.isClean, erasure.methodDone], [false, null]);
        assert.match(erasure.reason ?? '', /command failed|no answer for|no progress for/);
      });
    }
  }

  it('that is reset in the middle ends clean', async () => {
    await using disk = await createSownDisk();
    const drive = driveOn(disk, { mishap: { kind: 'resets', afterQuestions: 2 } });
    const erasure = await erase(disk, drive);
    assert.deepEqual([erasure.isClean, erasure.methodDone], [true, 'scsi-sanitize-crypto']);
    assert.ok(Number(erasure.details['lostAnswers']) > 0);
  });

  it('that hangs when it gets the command is not clean, although the program ends with 0', async () => {
    await using disk = await createSownDisk();
    const erasure = await erase(disk, driveOn(disk, { onStart: 'hangs' }));
    assert.deepEqual(
      [erasure.isClean, erasure.attempts[0]?.tool, erasure.attempts[0]?.exitCode],
      [false, 'sg_sanitize', 0],
    );
  });

  it('that lists no sanitize is formatted, and that does not count as a purge', async () => {
    await using disk = await createSownDisk();
    const erasure = await erase(disk, driveOn(disk, { commands: ['format'] }));
    assert.deepEqual([erasure.methodAsked, erasure.isClean, erasure.sanitization], ['scsi-format-unit', true, 'clear']);
  });

  it('that refuses a sanitize is erased by a weaker method only where the node allows it', async () => {
    await using disk = await createSownDisk();
    const refusing = (): SimulatedScsi => {
      const drive = driveOn(disk);
      const refuse = driveOn(disk, { onStart: 'refuses' });
      return Object.assign(Object.create(drive) as SimulatedScsi, {
        run: (call: Parameters<SimulatedScsi['run']>[0]) => (call.program === 'sg_sanitize' ? refuse : drive).run(call),
      });
    };
    const strict = await erase(disk, refusing());
    assert.deepEqual([strict.isClean, strict.methodAsked], [false, 'scsi-sanitize-crypto']);
    const lax = await erase(disk, refusing(), { allowWeaker: true });
    assert.deepEqual([lax.isClean, lax.methodDone, lax.attempts.length], [true, 'scsi-format-unit', 4]);
  });

  it('that a dead worker has left at work is watched to its end by the next one', async () => {
    for (const { name } of methods) {
      await using disk = await createSownDisk();
      const drive = driveOn(disk, { questions: 40 });
      const checkpoint = memoryCheckpoint();
      const stop = new AbortController();
      const first = erase(disk, drive, { checkpoint, method: name, signal: stop.signal });
      first.catch(() => undefined);
      while (drive.started.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      stop.abort(new Error('the worker stops'));
      await assert.rejects(first, /the worker stops/);
      assert.ok(drive.isAtWork);
      const erasure = await erase(disk, drive, { checkpoint });
      assert.deepEqual([erasure.isClean, erasure.resumed, drive.started.length], [true, 1, 1], name);
      assert.equal(erasure.details['reattached'], true);
      assert.deepEqual(await findCanaries(disk.path), []);
    }
  });
});
