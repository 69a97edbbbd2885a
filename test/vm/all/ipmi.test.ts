import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestIronic } from '../../ironic/lab/ironic-release.ts';
import { MetalStage } from '../lab/bmc/metal-stage.ts';
import { makeRamdisk } from '../lab/ramdisk-files.ts';

const timeout = 1_200_000;

test('Ironic switches a machine by IPMI, boots it by iPXE, and knows it after an inspection', { timeout }, async () => {
  await using ramdisk = await makeRamdisk();
  await using stage = await MetalStage.set(newestIronic, ramdisk, 'ipmi', {
    disks: [{ id: 'disk0', bus: 'virtio', sizeBytes: 2 ** 30 }],
  });
  const { node, machine, network } = stage;
  try {
    await stage.makeManageable();
    assert.equal((await node.show()).power_state, 'power off');
    await node.provision('inspect');
    await node.reaches('manageable', 900);
    assert.deepEqual(machine.boots, ['network']);
    const { boot, interfaces } = await stage.inventory();
    assert.equal(boot.current_boot_mode, 'bios');
    const booted = interfaces.find(({ mac_address: mac }) => mac === boot.pxe_interface);
    const address = booted?.ipv4_address ?? 'none';
    assert.ok(network.machineAddresses.includes(address), `${boot.pxe_interface} has the address ${address}`);
  } catch (error) {
    assert.fail(`${error instanceof Error ? error.stack : error}\n${stage.describe()}`);
  }
});
