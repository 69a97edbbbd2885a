import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { JobCancelled } from '../../src/core/job-cancelled.ts';
import type { AgentError } from '../../src/errors/agent-error.ts';
import { eraseDevices } from '../../src/steps/erase-devices.ts';
import { eraseDevicesExpress } from '../../src/steps/erase-devices-express.ts';
import { planErasure } from '../../src/storage/erase/plan/plan-erasure.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { startEraseStep } from '../support/erase-step.ts';
import { createFaultyDisk } from '../support/faulty-disk.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';

const mebibyte = 1024 ** 2;
const sizeBytes = 24 * mebibyte;

async function createSownDisk(sectorBytes: 512 | 4096 = 512): Promise<LoopDevice> {
  const disk = await createLoopDevice({ sizeBytes, sectorBytes });
  await sowCanaries(disk.path, { everyBytes: 256 * 1024 });
  execFileSync('sgdisk', ['--zap-all', disk.path], { stdio: 'ignore' });
  execFileSync('sgdisk', ['--new=1:0:+8M', '--new=2:0:0', disk.path], { stdio: 'ignore' });
  await addPartitions(disk.path);
  return disk;
}

async function failureOf(result: Promise<unknown>): Promise<AgentError> {
  return await result.then(
    () => assert.fail('it should have failed'),
    (error: AgentError) => error,
  );
}

describe('the step erase_devices, on loop devices', () => {
  for (const sectorBytes of [512, 4096] as const) {
    it(`leaves nothing on a disk with sectors of ${sectorBytes} bytes, and proves it`, async () => {
      await using disk = await createSownDisk(sectorBytes);
      const { context, result } = startEraseStep(eraseDevices, { devices: [disk.path] });
      const { [disk.path]: erasure } = await result;
      assert.deepEqual(await findCanaries(disk.path), []);
      assert.equal(erasure?.clean, true);
      assert.deepEqual([erasure.method_done, erasure.sanitization], ['overwrite', 'clear']);
      assert.equal(erasure.bytes, 2 * sizeBytes, 'one random pass and zeros');
      assert.deepEqual(
        erasure.verification.map(({ name, passed }) => [name, passed]),
        [
          ['read-back', true],
          ['watermarks', true],
          ['samples', true],
        ],
      );
      const ids = context.certificates.saved.map(({ id }) => id);
      assert.equal(ids.length, 2, 'one for the disk, one for the machine');
      assert.ok(ids.includes(erasure.certificate.id));
      assert.equal(erasure.certificate.signed, false);
    });
  }

  it('erases several disks, each with its own progress', async () => {
    await using first = await createSownDisk();
    await using second = await createSownDisk();
    await using third = await createSownDisk();
    const disks = [first, second, third];
    const { context, result } = startEraseStep(eraseDevices, {
      devices: disks.map(({ path }) => path),
      node: { driver_internal_info: { disk_erasure_concurrency: 4 } },
    });
    const erasures = await result;
    assert.deepEqual(Object.keys(erasures).sort(), disks.map(({ path }) => path).sort());
    for (const disk of disks) {
      assert.equal(erasures[disk.path]?.clean, true);
      assert.deepEqual(await findCanaries(disk.path), []);
      const phases = new Set(context.reports.flatMap(({ devices }) => devices?.[disk.path]?.phase ?? []));
      assert.ok(phases.has('waiting') && phases.has('clean') && phases.size > 3, [...phases].join());
    }
    assert.equal(context.reports.at(-1)?.done, 3);
  });

  it('does the passes that the node asks for', async () => {
    await using disk = await createSownDisk();
    const node = { driver_internal_info: { agent_erase_devices_iterations: 0, agent_erase_devices_zeroize: true } };
    const { [disk.path]: erasure } = await startEraseStep(eraseDevices, { devices: [disk.path], node }).result;
    assert.deepEqual([erasure?.clean, erasure?.bytes], [true, sizeBytes]);
  });

  for (const method of ['discard', 'write-zeroes'])
    it(`leaves it to the device where ${method} is asked for, and proves that, too`, async () => {
      await using disk = await createSownDisk();
      const devices = [disk.path];
      const { [disk.path]: erasure } = await startEraseStep(eraseDevices, { devices, args: { method } }).result;
      assert.deepEqual([erasure?.clean, erasure?.method_done, erasure?.bytes], [true, method, 0]);
      assert.deepEqual(await findCanaries(disk.path), []);
    });

  it('touches nothing when one of the disks is protected', async () => {
    await using disk = await createSownDisk();
    await using used = await createSownDisk();
    const before = await findCanaries(disk.path);
    execFileSync('mkfs.ext4', ['-q', `${used.path}p1`]);
    const directory = execFileSync('mktemp', ['--directory'], { encoding: 'utf8' }).trim();
    execFileSync('mount', [`${used.path}p1`, directory]);
    try {
      const { context, result } = startEraseStep(eraseDevices, { devices: [disk.path, used.path] });
      const error = await failureOf(result);
      assert.equal(error.name, 'ProtectedDeviceError');
      assert.match(error.details, new RegExp(`${used.path}p1 is mounted on ${directory}.*nothing was touched`));
      assert.deepEqual(await findCanaries(disk.path), before);
      assert.deepEqual(context.certificates.saved, []);
    } finally {
      execFileSync('umount', [directory]);
      execFileSync('rmdir', [directory]);
    }
  });

  it('leaves out what is on the skip list, and says so', async () => {
    await using disk = await createSownDisk();
    await using kept = await createSownDisk();
    const before = await findCanaries(kept.path);
    const node = { properties: { skip_block_devices: [{ name: kept.path }] } };
    const { context, result } = startEraseStep(eraseDevices, { devices: [disk.path, kept.path], node });
    assert.deepEqual(Object.keys(await result), [disk.path]);
    assert.deepEqual(await findCanaries(kept.path), before);
    const machine = context.certificates.saved.at(-1)?.json ?? '';
    assert.match(machine, new RegExp(kept.path));
    assert.match(machine, /skip list/);
  });

  it('does what was approved by its hash, and refuses anything else', async () => {
    await using disk = await createSownDisk();
    const { context } = startEraseStep({ ...eraseDevices, run: async () => ({}) }, { devices: [disk.path] });
    const request = { step: 'erase_devices', node: context.node, args: {} } as const;
    const { hash } = await planErasure(request, context);
    assert.equal((await planErasure(request, context)).hash, hash, 'planning twice is planning the same');
    const before = await findCanaries(disk.path);
    const other = startEraseStep(eraseDevices, {
      devices: [disk.path],
      args: { plan_hash: hash },
      node: { driver_internal_info: { agent_erase_devices_iterations: 0 } },
    });
    const error = await failureOf(other.result);
    assert.equal(error.name, 'ErasePlanChangedError');
    assert.deepEqual(await findCanaries(disk.path), before);
    const approved = startEraseStep(eraseDevices, { devices: [disk.path], args: { plan_hash: hash } });
    assert.equal((await approved.result)[disk.path]?.clean, true);
  });

  it('has nothing to do where there is no disk', async () => {
    assert.deepEqual(await startEraseStep(eraseDevices, { devices: [] }).result, {});
  });

  it('marks a cancelled disk as not clean, with a certificate that says so', async () => {
    await using disk = await createSownDisk();
    const controller = new AbortController();
    const { context, result } = startEraseStep(eraseDevices, { devices: [disk.path], signal: controller.signal });
    controller.abort(new JobCancelled());
    const error = await failureOf(result);
    if (error.name !== 'JobCancelled') {
      assert.equal(error.name, 'CommandCancelledError');
      assert.match(error.details, /1 of 1 disks are not clean .*cancelled/);
      assert.match(context.certificates.saved.at(-1)?.json ?? '', /cancelled/);
    }
  });

  it('fails before it touches anything when certificates cannot be signed as configured', async () => {
    await using disk = await createSownDisk();
    const before = await findCanaries(disk.path);
    const config = { eraseCertificateKeyFile: '/nonexistent/key.pem' };
    const error = await failureOf(startEraseStep(eraseDevices, { devices: [disk.path], config }).result);
    assert.equal(error.name, 'ConfigurationError');
    assert.deepEqual(await findCanaries(disk.path), before);
  });
});

describe('the step erase_devices, on devices that fail', () => {
  it('never believes a device that drops what is written to it', async () => {
    await using disk = await createFaultyDisk({ sizeBytes: 4 * mebibyte });
    await sowCanaries(disk.path);
    disk.dropWrites({ start: 0, end: disk.sizeBytes });
    const { context, result } = startEraseStep(eraseDevices, { devices: [disk.path] });
    const error = await failureOf(result);
    assert.equal(error.name, 'BlockDeviceEraseError');
    assert.match(error.details, /kept 0 of 16 watermarks, so no erase can be proven/);
    assert.match(context.certificates.saved[0]?.json ?? '', /not.clean/i);
  });

  it('says which sectors could not be written, and does not hide the other disks', async () => {
    await using disk = await createFaultyDisk({ sizeBytes: 4 * mebibyte });
    await using good = await createSownDisk();
    disk.failWrites({ start: mebibyte, end: mebibyte + 8192 });
    const { context, result } = startEraseStep(eraseDevices, {
      devices: [disk.path, good.path],
      node: { driver_internal_info: { agent_erase_devices_iterations: 0 } },
    });
    const error = await failureOf(result);
    assert.match(error.details, new RegExp(`1 of 2 disks are not clean .*${disk.path}: `));
    assert.ok(!error.details.includes(`${good.path}:`));
    assert.deepEqual(await findCanaries(good.path), []);
    const certificates = context.certificates.saved.map(({ json }) => JSON.parse(json).certificate);
    assert.equal(certificates.length, 3);
  });
});

describe('the step erase_devices_express, on loop devices', () => {
  it('removes metadata, and calls that no sanitization', async () => {
    await using disk = await createSownDisk();
    const { [disk.path]: erasure } = await startEraseStep(eraseDevicesExpress, { devices: [disk.path] }).result;
    assert.deepEqual([erasure?.clean, erasure?.method_done, erasure?.sanitization], [true, 'metadata', null]);
    assert.equal(execFileSync('wipefs', ['--no-act', '--noheadings', disk.path], { encoding: 'utf8' }), '');
  });
});
