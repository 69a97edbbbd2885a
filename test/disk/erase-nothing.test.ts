import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import type { RunTool } from '../../src/core/tool.ts';
import { eraseGroup } from '../../src/storage/erase/act/erase-group.ts';
import { EraseJournal } from '../../src/storage/erase/act/journal.ts';
import { makeCertificates } from '../../src/storage/erase/certificate/make-certificates.ts';
import type { DeviceErasure } from '../../src/storage/erase/device-erasure.ts';
import type { DiskProbe } from '../../src/storage/erase/disk-probe.ts';
import type { EraseMethod } from '../../src/storage/erase/method.ts';
import type { EraseMethodName } from '../../src/storage/erase/method-name.ts';
import { eraseMethods } from '../../src/storage/erase/methods/catalogue.ts';
import { createNvmeFormat } from '../../src/storage/erase/methods/nvme/format.ts';
import { createNvmeSanitize } from '../../src/storage/erase/methods/nvme/sanitize.ts';
import { createScsiFormatUnit } from '../../src/storage/erase/methods/scsi/format-unit.ts';
import { createScsiSanitize } from '../../src/storage/erase/methods/scsi/sanitize.ts';
import { planErase } from '../../src/storage/erase/plan/plan-erase.ts';
import { probeAta } from '../../src/storage/erase/probe/probe-ata.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { writesZeroes } from '../../src/storage/writes-zeroes.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { usualEraseOptions } from '../support/erase-request.ts';
import { createFaultyDisk } from '../support/faulty-disk.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { makeDisk } from '../support/make-block-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { NvmeBench } from '../support/nvme-bench.ts';
import { sampleErasure, samplePerformer } from '../support/sample-erasure.ts';
import { eraseDevice, shortPatience, wholeScsiProbe } from '../support/scsi-method.ts';
import { SimulatedAta } from '../support/simulated-ata.ts';
import { SimulatedScsi } from '../support/simulated-scsi.ts';
import { createStorageHost } from '../support/storage-host.ts';

const mebibyte = 1024 ** 2;
const sizeBytes = 16 * mebibyte;
/** What the simulated NVMe drive says of its size. */
const nvmeBytes = 64 * mebibyte;

/** One method on one disk, before it is erased. */
interface Scene extends AsyncDisposable {
  readonly path: string;
  readonly method: EraseMethod;
  readonly probe: DiskProbe;
  /** Answers for the drive; null: that is for the real program. */
  readonly answer: RunTool | null;
  readonly programs: RegExp;
}

type SceneMaker = (method: EraseMethod, isHonest: boolean) => Promise<Scene>;

const plain: DiskProbe = { kind: 'plain', zerosAfterDiscard: true };
const actionOf = (name: EraseMethodName) => name.split('-').slice(2).join('-') as 'crypto' | 'block' | 'overwrite';

const onNvme =
  (fault: 'keepsData' | 'doesNothing'): SceneMaker =>
  async ({ name }, isHonest) => {
    const disk = await createLoopDevice({ sizeBytes: nvmeBytes });
    const faults = isHonest ? {} : { [fault]: true };
    const erase = (): void => fillDisk(disk.path);
    const bench = await NvmeBench.create({ names: [basename(disk.path)], faults, erase });
    const isFormat = name.startsWith('nvme-format');
    return {
      path: disk.path,
      method: isFormat
        ? createNvmeFormat(name === 'nvme-format-crypto' ? 'crypto' : 'user-data', bench.limits)
        : createNvmeSanitize(actionOf(name), bench.limits),
      probe: bench.disk.probe,
      answer: bench.drive.run,
      programs: /^nvme$/,
      async [Symbol.asyncDispose]() {
        await bench[Symbol.asyncDispose]();
        await disk[Symbol.asyncDispose]();
      },
    };
  };

const onAta: SceneMaker = async (method, isHonest) => {
  const disk = await createLoopDevice({ sizeBytes });
  const sanitize = { crypto: true, block: true, overwrite: true };
  const faults = { erasesNothing: !isHonest };
  const { run } = new SimulatedAta({ path: disk.path, media: disk.path, sanitize, faults });
  const host = { ...createStorageHost([disk.path]), run };
  const probe = await probeAta(makeDisk(disk.path, { sizeBytes }), host);
  return { path: disk.path, method, probe, answer: run, programs: /^hdparm$/, ...disposedWith(disk) };
};

const onScsi: SceneMaker = async ({ name }, isHonest) => {
  const disk = await createLoopDevice({ sizeBytes });
  const drive = new SimulatedScsi({ isNoOp: !isHonest }, (action) => eraseDevice(disk.path, sizeBytes, action));
  const isFormat = name === 'scsi-format-unit';
  return {
    path: disk.path,
    method: isFormat ? createScsiFormatUnit(shortPatience) : createScsiSanitize(actionOf(name), shortPatience),
    probe: wholeScsiProbe,
    answer: (call) => drive.run(call),
    programs: /^sg_/,
    ...disposedWith(disk),
  };
};

const byCommand =
  (program: string): SceneMaker =>
  async (method, isHonest) => {
    const disk = await createLoopDevice({ sizeBytes });
    const answer: RunTool = async () => ({ stdout: '', stderr: '', exitCode: 0 });
    const programs = isHonest ? /^$/ : new RegExp(`^${program}$`);
    return { path: disk.path, method, probe: plain, answer, programs, ...disposedWith(disk) };
  };

/** A device that keeps what is on it from the moment when the method begins, and says that it has written. */
const onWrites: SceneMaker = async (method, isHonest) => {
  const disk = await createFaultyDisk({ sizeBytes: 8 * mebibyte });
  const run: EraseMethod['run'] = (target, context) => {
    if (!isHonest) disk.dropWrites({ start: 0, end: disk.sizeBytes });
    return method.run(target, context);
  };
  return {
    path: disk.path,
    method: { ...method, run },
    probe: plain,
    answer: null,
    programs: /^$/,
    ...disposedWith(disk),
  };
};

const scenes = {
  'nvme-sanitize-crypto': [onNvme('keepsData'), onNvme('doesNothing')],
  'nvme-sanitize-block': [onNvme('keepsData'), onNvme('doesNothing')],
  'nvme-sanitize-overwrite': [onNvme('keepsData'), onNvme('doesNothing')],
  'nvme-format-crypto': [onNvme('keepsData'), onNvme('doesNothing')],
  'nvme-format-user-data': [onNvme('keepsData'), onNvme('doesNothing')],
  'ata-sanitize-crypto': [onAta],
  'ata-sanitize-block': [onAta],
  'ata-sanitize-overwrite': [onAta],
  'ata-secure-erase-enhanced': [onAta],
  'ata-secure-erase': [onAta],
  'scsi-sanitize-crypto': [onScsi],
  'scsi-sanitize-block': [onScsi],
  'scsi-sanitize-overwrite': [onScsi],
  'scsi-format-unit': [onScsi],
  overwrite: [onWrites],
  'write-zeroes': [byCommand('fallocate')],
  discard: [byCommand('blkdiscard')],
  metadata: [onWrites],
} as const satisfies Readonly<Record<EraseMethodName, readonly SceneMaker[]>>;

function disposedWith(disk: AsyncDisposable): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose]() };
}

function fillDisk(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(nvmeBytes));
  fdatasyncSync(file);
  closeSync(file);
}

/** Canaries on it (and a partition table, if that is what goes), then as the step does it: plan, claim, watermarks, run, verify. */
async function erase({ path, method, probe, answer, programs }: Scene): Promise<DeviceErasure> {
  const real = createStorageHost([path]);
  const run: RunTool = (call) => (answer && programs.test(call.program) ? answer(call) : real.run(call));
  const host = { ...real, run };
  await sowCanaries(path);
  if (method.name === 'metadata') execFileSync('sgdisk', ['--new=1:0:0', path], { stdio: 'ignore' });
  const device = (await listBlockDevices(real, { partitions: false })).find((each) => each.path === path);
  assert.ok(device);
  const plan = planErase({
    step: 'erase_devices',
    options: { ...usualEraseOptions, method: method.name },
    methods: [method],
    disks: [{ device, partitions: [], writesZeroes: writesZeroes(path), probe }],
    places: new Map(),
    release: [],
    leftOut: [],
    refusals: [],
  });
  assert.deepEqual(plan.refusals, []);
  const startedAt = new Date().toISOString();
  const journal = EraseJournal.begin(memoryCheckpoint(), { plan, hash: 'of a test', startedAt });
  const methods = new Map([[method.name, method]]);
  const world = { host, methods, journal, report: () => undefined, pollMilliseconds: 1 };
  const [erasure] = await eraseGroup(plan.erase, world);
  assert.ok(erasure);
  return erasure;
}

function statusOf(erasure: DeviceErasure): string {
  const { disks } = makeCertificates(sampleErasure([erasure]), null, samplePerformer);
  return JSON.parse(disks[0]?.json ?? '').certificate.STATUS;
}

describe('every method that there is', { timeout: 300_000 }, () => {
  for (const [name, method] of eraseMethods) {
    for (const [index, make] of (scenes[name] as readonly SceneMaker[]).entries()) {
      const which = index === 0 ? '' : ', nor says that it did';
      it(`calls a disk not clean on which ${name} erased nothing${which}`, async () => {
        await using scene = await make(method, false);
        const erasure = await erase(scene);
        const { isClean, methodAsked, methodDone, sanitization, reason } = erasure;
        assert.deepEqual([isClean, methodAsked, methodDone, sanitization], [false, name, null, null]);
        assert.ok(reason);
        assert.equal(statusOf(erasure), 'FAILED: NOT CLEAN');
        assert.ok((await findCanaries(scene.path)).length > 5, 'the data are there');
      });
    }

    it(`calls the same disk clean when ${name} did erase it`, async () => {
      await using scene = await scenes[name][0](method, true);
      const erasure = await erase(scene);
      assert.deepEqual([erasure.isClean, erasure.methodDone, erasure.reason], [true, name, null]);
      if (name === 'metadata') return;
      assert.deepEqual(await findCanaries(scene.path), []);
    });
  }
});
