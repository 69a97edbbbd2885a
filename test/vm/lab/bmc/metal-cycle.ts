import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partitionTable } from '../../../ironic/lab/disk-evidence.ts';
import type { ApiNode } from '../../../ironic/lab/ironic-api.ts';
import { newestIronic } from '../../../ironic/lab/ironic-release.ts';
import type { Firmware } from '../firmware.ts';
import { bootReportLine, parseBootReport } from '../os-images/boot-report.ts';
import { tinyImage } from '../os-images/tiny.ts';
import { makeRamdisk } from '../ramdisk-files.ts';
import { servedImage } from '../served-image.ts';
import { type MetalNeeds, MetalStage } from './metal-stage.ts';

/** For a boot over the network until the end of what it was for. */
const bootSeconds = 600;

/** A test of such a cycle with a machine and an Ironic of its own. */
export function playMetalCycle(title: string, needs: { readonly firmware: Firmware } & Pick<MetalNeeds, 'card'>): void {
  test(title, { timeout: 2_400_000 }, async () => {
    const disks: MetalNeeds['disks'] = [{ id: 'disk0', bus: 'virtio', sizeBytes: 2 ** 30 }];
    await using ramdisk = await makeRamdisk();
    await using stage = await MetalStage.set(newestIronic, ramdisk, needs.firmware, { ...needs, disks });
    try {
      await cycle(stage, needs.firmware);
    } catch (error) {
      assert.fail(`${error instanceof Error ? error.stack : error}\n${stage.describe()}`);
    }
  });
}

/** What an operator does with a machine, by IPMI and the network alone: enroll, inspect, clean, deploy, use, and clean again. */
async function cycle(stage: MetalStage, firmware: Firmware): Promise<void> {
  const { node, machine, network } = stage;
  const lasts = stopwatch();
  await stage.makeManageable();
  assert.equal((await node.show()).power_state, 'power off');

  await node.provision('inspect');
  await node.reaches('manageable', bootSeconds);
  const { boot, interfaces } = await stage.inventory();
  assert.equal(boot.current_boot_mode, firmware);
  const [card] = interfaces;
  assert.equal(boot.pxe_interface, card?.mac_address);
  assert.ok(network.machineAddresses.includes(card?.ipv4_address ?? ''), `${card?.ipv4_address} came from nowhere`);
  lasts('inspected');

  await node.provision('provide');
  const agentUrl = ({ driver_internal_info: info }: ApiNode): unknown => info['agent_url'];
  const heard = await node.until('a heartbeat', (seen) => agentUrl(seen) !== undefined, bootSeconds);
  assert.equal(agentUrl(heard), `https://${card?.ipv4_address}:9999`);
  await node.reaches('available', bootSeconds);
  assert.deepEqual(machine.boots, ['network', 'network']);
  lasts('cleaned');

  const image = await tinyImage();
  await stage.deploy(await servedImage(stage.images, image.raw));
  lasts('deployed');
  const [line] = await machine.hardware.serial.waitFor(bootReportLine, bootSeconds);
  assert.equal(parseBootReport(line).firmware, firmware);
  assert.deepEqual(machine.boots, ['network', 'network', 'network', 'disk']);
  assert.equal((await node.show()).power_state, 'power on');
  lasts(line);

  await node.provision('deleted');
  await node.reaches('available', bootSeconds);
  assert.equal(machine.boots.at(-1), 'network');
  assert.equal(machine.isOn, false);
  assert.equal(await partitionTable(machine.hardware.diskFile('disk0')), null);
  lasts('cleaned again');
}

function stopwatch(): (what: string) => void {
  const started = performance.now();
  return (what) => console.log(`note: ${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${what}`);
}
