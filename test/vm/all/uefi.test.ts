import assert from 'node:assert/strict';
import { osBoots } from '../lab/os-boots.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';

const gibibyte = 2 ** 30;

playInVm({
  name: 'uefi-qcow2',
  title: 'a qcow2 image with UEFI: the firmware boots it through the entry that the agent made',
  needs: {
    firmware: 'uefi',
    disks: [{ id: 'disk0', bus: 'nvme', sizeBytes: gibibyte }],
    node: { properties: { cpu_arch: 'x86_64', capabilities: 'boot_mode:uefi' } },
  },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(await servedImage(stage.images, (await tinyImage()).qcow2), {
      configdrive: { meta_data: { hostname: 'lab-uefi' } },
    });
    const { firmware, bootEntry, configDrive } = await osBoots(stage);
    assert.equal(firmware, 'uefi');
    assert.match(bootEntry?.label ?? '', /^ironic/);
    assert.equal(configDrive?.hostname, 'lab-uefi');
  },
});
