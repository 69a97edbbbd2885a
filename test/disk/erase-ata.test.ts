import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobCheckpoint } from '../../src/core/job-context.ts';
import { type EraseWorld, eraseGroup } from '../../src/storage/erase/act/erase-group.ts';
import { EraseJournal } from '../../src/storage/erase/act/journal.ts';
import type { DeviceErasure } from '../../src/storage/erase/device-erasure.ts';
import type { EraseMethod } from '../../src/storage/erase/method.ts';
import {
  ataSanitizeBlock,
  ataSanitizeCrypto,
  ataSanitizeOverwrite,
} from '../../src/storage/erase/methods/ata/sanitize.ts';
import { ataSecureErase, ataSecureEraseEnhanced } from '../../src/storage/erase/methods/ata/secure-erase.ts';
import { planErase } from '../../src/storage/erase/plan/plan-erase.ts';
import { probeAta } from '../../src/storage/erase/probe/probe-ata.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { usualEraseOptions } from '../support/erase-request.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { SimulatedAta, type SimulatedAtaOptions } from '../support/simulated-ata.ts';
import { createStorageHost } from '../support/storage-host.ts';

const sizeBytes = 8 * 1024 ** 2;
const sanitize = { crypto: true, block: true, overwrite: true };
const methods = [
  ataSanitizeCrypto,
  ataSanitizeBlock,
  ataSanitizeOverwrite,
  ataSecureEraseEnhanced,
  ataSecureErase,
] as const satisfies readonly EraseMethod[];

interface Scene {
  readonly method?: EraseMethod['name'];
  readonly allowWeaker?: boolean;
  readonly checkpoint?: JobCheckpoint;
  readonly signal?: AbortSignal;
  readonly rotational?: boolean;
}

async function createSownDisk(): Promise<LoopDevice> {
  const disk = await createLoopDevice({ sizeBytes });
  await sowCanaries(disk.path, { everyBytes: 64 * 1024 });
  return disk;
}

/** The drive whose medium is the loop device. */
function driveOn(disk: LoopDevice, options: Partial<SimulatedAtaOptions> = {}): SimulatedAta {
  return new SimulatedAta({ path: disk.path, media: disk.path, sanitize, ...options });
}

/** As the step does it: plan, claim, watermarks, run, verify. */
async function erase(disk: LoopDevice, drive: SimulatedAta, scene: Scene = {}): Promise<DeviceErasure> {
  const real = createStorageHost([disk.path]);
  const host: EraseWorld['host'] = {
    ...real,
    ...(scene.signal ? { signal: scene.signal } : {}),
    run: (call) => (call.program === 'hdparm' ? drive.run(call) : real.run(call)),
  };
  const [found] = await listBlockDevices(host, { partitions: false });
  assert.ok(found);
  const device = { ...found, rotational: scene.rotational ?? false };
  const checkpoint = scene.checkpoint ?? memoryCheckpoint();
  const journal = EraseJournal.resume(checkpoint) ?? EraseJournal.begin(checkpoint, await begin());
  const byName = new Map(methods.map((method) => [method.name, method]));
  const [erasure] = await eraseGroup(journal.run.plan.erase, {
    host,
    methods: byName,
    journal,
    report: () => undefined,
    pollMilliseconds: 1,
  });
  assert.ok(erasure);
  return erasure;

  async function begin() {
    const plan = planErase({
      step: 'erase_devices',
      options: { ...usualEraseOptions, allowWeaker: scene.allowWeaker ?? false, method: scene.method ?? null },
      methods,
      disks: [{ device, partitions: [], probe: await probeAta(device, host) }],
      places: new Map(),
      release: [],
      leftOut: [],
      refusals: [],
    });
    assert.deepEqual(plan.refusals, []);
    return { plan, hash: 'of a test', startedAt: new Date().toISOString() };
  }
}

describe('an ATA disk', () => {
  for (const { name } of methods) {
    it(`is erased by ${name}, and that is proven`, async () => {
      await using disk = await createSownDisk();
      const erasure = await erase(disk, driveOn(disk), { method: name });
      assert.deepEqual([erasure.isClean, erasure.methodDone, erasure.reason], [true, name, null]);
      assert.deepEqual(await findCanaries(disk.path), []);
    });

    it(`on which ${name} does nothing, and says it did, is not clean`, async () => {
      await using disk = await createSownDisk();
      const drive = driveOn(disk, { faults: { erasesNothing: true } });
      const erasure = await erase(disk, drive, { method: name });
      assert.equal(drive.begun, 1);
      assert.deepEqual([erasure.isClean, erasure.methodDone, erasure.sanitization], [false, null, null]);
      assert.match(erasure.reason ?? '', /watermarks: 16 of 16 blocks written before the erase are still there/);
    });

    it(`whose kernel hides that ${name} was aborted is not clean`, async () => {
      await using disk = await createSownDisk();
      const aborts = ['sanitize', 'set-pass', 'erase', 'erase-enhanced'];
      const erasure = await erase(disk, driveOn(disk, { faults: { aborts } }), { method: name });
      assert.equal(erasure.isClean, false);
      assert.match(erasure.reason ?? '', /did not begin the sanitize|did not take the password/);
    });
  }

  it('that spins reads zeros or ones after a normal secure erase, and is looked at for that', async () => {
    await using disk = await createSownDisk();
    const good = await erase(disk, driveOn(disk), { method: 'ata-secure-erase', rotational: true });
    assert.deepEqual(
      good.checks.filter(({ name }) => name === 'read-back').map(({ passed, detail }) => [passed, detail]),
      [[true, '256 samples of 4096 bytes are all zeros.']],
    );
    await sowCanaries(disk.path, { everyBytes: 64 * 1024 });
    const drive = driveOn(disk, { faults: { erasesNothing: true } });
    const bad = await erase(disk, drive, { method: 'ata-secure-erase', rotational: true });
    assert.match(bad.reason ?? '', /read-back: Byte \d+ is \d+; a secure erase writes zeros or ones/);
  });

  it('gets the strongest method that it has, and a weaker one only where the node allows it', async () => {
    const faults = { aborts: ['sanitize'] };
    await using disk = await createSownDisk();
    const strict = await erase(disk, driveOn(disk, { faults }));
    assert.deepEqual([strict.isClean, strict.methodAsked], [false, 'ata-sanitize-crypto']);
    const lax = await erase(disk, driveOn(disk, { faults }), { allowWeaker: true });
    assert.deepEqual(
      [lax.isClean, lax.methodAsked, lax.methodDone],
      [true, 'ata-sanitize-crypto', 'ata-secure-erase-enhanced'],
    );
    assert.equal(lax.attempts.length, 4);
  });

  it('that a dead worker has left in a sanitize is watched to its end by the next one', async () => {
    await using disk = await createSownDisk();
    const drive = driveOn(disk, { sanitizeStep: 2 });
    const checkpoint = memoryCheckpoint();
    await stopInTheMiddle(disk, drive, { checkpoint, method: 'ata-sanitize-block' });
    const erasure = await erase(disk, drive, { checkpoint });
    assert.deepEqual([erasure.isClean, erasure.resumed, drive.begun], [true, 1, 1]);
    assert.equal(erasure.details['reattached'], true);
    assert.deepEqual(await findCanaries(disk.path), []);
  });

  it('that a dead worker has left in a secure erase has no password any more, and is not clean', async () => {
    await using disk = await createSownDisk();
    const drive = driveOn(disk, { eraseMilliseconds: 300 });
    const checkpoint = memoryCheckpoint();
    await stopInTheMiddle(disk, drive, { checkpoint, method: 'ata-secure-erase' });
    const erasure = await erase(disk, drive, { checkpoint });
    assert.deepEqual([erasure.isClean, drive.begun, drive.security?.enabled], [false, 1, false]);
    assert.match(erasure.reason ?? '', /interrupted: .*is not begun again by itself/);
  });
});

async function stopInTheMiddle(disk: LoopDevice, drive: SimulatedAta, scene: Scene): Promise<void> {
  const controller = new AbortController();
  const first = erase(disk, drive, { ...scene, signal: controller.signal });
  first.catch(() => undefined);
  while (drive.begun === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error('the worker stops'));
  await assert.rejects(first);
}
