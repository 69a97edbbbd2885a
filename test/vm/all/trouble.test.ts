import assert from 'node:assert/strict';
import { partitionTable } from '../../ironic/lab/disk-evidence.ts';
import { until } from '../../support/until.ts';
import { assertOsRuns } from '../lab/os-boots.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';
import type { VmStage } from '../lab/vm-stage.ts';

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;
const disk = { id: 'disk0', bus: 'scsi', sizeBytes: gibibyte } as const;

/** Begins a deployment that takes half a minute, and resolves in the middle of its image. */
async function inTheMiddle(stage: VmStage, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await stage.makeAvailable();
  const { raw } = await tinyImage();
  const slow = { bytesPerSecond: 3 * mebibyte, etag: '"slow"' };
  await stage.node.set({ instance_info: { ...(await servedImage(stage.images, raw, slow)), ...more } });
  await stage.node.provision('active');
  const isHalfSent = (): boolean => stage.images.sentBytes > 30 * mebibyte;
  await until(isHalfSent, { withinMs: 420_000, everyMs: 100, what: 'the middle of the image' });
}

playInVm({
  name: 'link-lost',
  title: 'the network card loses its link for a while in the middle of an image: the deployment ends well',
  needs: { disks: [disk] },
  async run(stage) {
    await inTheMiddle(stage);
    const { qmp } = stage.machine.hardware;
    await qmp.execute('set_link', { name: 'net0', up: false });
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    await qmp.execute('set_link', { name: 'net0', up: true });
    await stage.node.reaches('active', 420);
    await assertOsRuns(stage, { boots: 1 });
  },
});

playInVm({
  name: 'power-cut-image',
  title: 'the power is cut in the middle of an image: deploy failed, nothing that boots; the next deployment ends well',
  needs: { disks: [disk] },
  ironic: { callbackTimeoutSeconds: 180 },
  async run(stage) {
    await inTheMiddle(stage);
    await stage.machine.reset('ramdisk');
    // Ironic was not told, so it gives the new boot no token, and hears nothing more.
    await stage.machine.hardware.serial.waitFor(/no commands are served: .*given the token/, 240);
    const { provision_state: state, last_error: error } = await stage.node.rests('active', 600);
    assert.equal(state, 'deploy failed');
    assert.match(error ?? '', /timeout/i);
    assert.equal(await partitionTable(stage.machine.hardware.diskFile('disk0')), null);
    await stage.deploy(await servedImage(stage.images, (await tinyImage()).raw));
    await assertOsRuns(stage, { boots: 1 });
  },
});

playInVm({
  name: 'image-server-gone',
  title: 'the image server goes in the middle and stays away: deploy failed, with its address and the cause',
  needs: {
    disks: [disk],
    commandLine: 'ipa-image-download-connection-retries=2 ipa-image-download-connection-retry-interval=1',
  },
  async run(stage) {
    await inTheMiddle(stage);
    await stage.images.away();
    const { provision_state: state, last_error: error } = await stage.node.rests('active', 420);
    assert.equal(state, 'deploy failed');
    assert.match(error ?? '', /disk\.raw/);
    assert.equal(await partitionTable(stage.machine.hardware.diskFile('disk0')), null);
  },
});

playInVm({
  name: 'disk-vanishes',
  title: 'the disk is pulled in the middle of an image: deploy failed, and the error names it',
  needs: { disks: [disk] },
  async run(stage) {
    await inTheMiddle(stage);
    await stage.machine.hardware.qmp.execute('device_del', { id: 'disk0' });
    const { provision_state: state, last_error: error } = await stage.node.rests('active', 420);
    assert.equal(state, 'deploy failed');
    assert.match(error ?? '', /\/dev\/sda/);
  },
});

playInVm({
  name: 'bad-sectors',
  title: 'a disk with sectors that cannot be written: deploy failed, and the error names it',
  needs: { disks: [{ ...disk, badSectors: { writes: [100_000] } }] },
  async run(stage) {
    await stage.makeAvailable();
    const { last_error: error } = await stage.deployFails(await servedImage(stage.images, (await tinyImage()).raw));
    assert.match(error ?? '', /\/dev\/sda/);
  },
});
