import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BlockDevice } from '../../../src/core/block-device.ts';
import type { Config } from '../../../src/core/config.ts';
import { chooseRootDevice } from '../../../src/storage/choose-root-device.ts';
import { createJobContext } from '../../support/job-context.ts';
import { makeDisk } from '../../support/make-block-device.ts';

const local = makeDisk('/dev/sda', { serial: 'LOCAL' });
const late = makeDisk('/dev/sdb', { serial: 'LATE' });
const node = { uuid: 'n', properties: { root_device: { serial: 'LATE' } } };

/** A machine whose disks are as listed at each look; the last list stays. How often was looked is counted. */
function machine(looks: readonly (readonly BlockDevice[])[], { insideRamdisk }: { insideRamdisk: boolean }) {
  const context = createJobContext({ devices: [], config: { diskWaitAttempts: 3, diskWaitDelaySeconds: 0 } as Config });
  let count = 0;
  const listBlockDevices = async () => looks[Math.min(count++, looks.length - 1)] ?? [];
  return {
    context: {
      ...context,
      latch: { ...context.latch, open: insideRamdisk },
      managers: { ...context.managers, listBlockDevices },
    },
    looked: () => count,
  };
}

suite('the root device, in the ramdisk', () => {
  test('is waited for where other disks came before it', async () => {
    const { context, looked } = machine([[local], [local], [local, late]], { insideRamdisk: true });
    assert.equal((await chooseRootDevice(node, context)).device.path, '/dev/sdb');
    assert.equal(looked(), 3);
  });

  test('is looked for disk_wait_attempts times, and then missed with the reason for each disk', async () => {
    const { context, looked } = machine([[local]], { insideRamdisk: true });
    await assert.rejects(chooseRootDevice(node, context), { name: 'DeviceNotFound', details: /^\/dev\/sda: .*LATE/ });
    assert.equal(looked(), 3);
  });

  test('is not waited for with hints that make no sense', async () => {
    const { context, looked } = machine([[local]], { insideRamdisk: true });
    const nonsense = { uuid: 'n', properties: { root_device: { colour: 'red' } } };
    await assert.rejects(chooseRootDevice(nonsense, context), { name: 'DeviceNotFound', details: /colour/ });
    assert.equal(looked(), 1);
  });

  test('is not looked for without a node', async () => {
    const { context, looked } = machine([[local]], { insideRamdisk: true });
    await assert.rejects(chooseRootDevice(null, context), { name: 'DeviceNotFound', details: /no node is known/ });
    assert.equal(looked(), 0);
  });
});

test('outside a ramdisk, where the devices were named, nothing is waited for', async () => {
  const { context, looked } = machine([[local]], { insideRamdisk: false });
  await assert.rejects(chooseRootDevice(node, context), { name: 'DeviceNotFound' });
  assert.equal(looked(), 1);
});
