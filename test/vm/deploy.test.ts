import assert from 'node:assert/strict';
import { osBoots } from './lab/os-boots.ts';
import { tinyImage } from './lab/os-images/tiny.ts';
import { playInVm } from './lab/play-in-vm.ts';
import { servedImage } from './lab/served-image.ts';

const gibibyte = 2 ** 30;

playInVm({
  name: 'deploy',
  title: 'power on, clean and deploy: the machine boots the image from its disk, with its config drive',
  needs: { disks: [{ id: 'disk0', bus: 'virtio', sizeBytes: gibibyte }] },
  async run(stage) {
    const { node, machine, images } = stage;
    const { raw } = await tinyImage();
    await stage.makeManageable();
    await node.provision('provide');
    await node.reaches('available', 420);
    await stage.deploy(await servedImage(images, raw), { configdrive: { meta_data: { hostname: 'lab-0' } } });
    const { firmware, configDrive } = await osBoots(stage);
    assert.equal(firmware, 'bios');
    assert.equal(configDrive?.hostname, 'lab-0');
    assert.deepEqual(machine.boots, ['ramdisk', 'ramdisk', 'instance']);
  },
});
