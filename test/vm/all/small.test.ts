import assert from 'node:assert/strict';
import { osBoots } from '../lab/os-boots.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';

const gibibyte = 2 ** 30;

playInVm({
  name: 'small',
  title: 'the small ramdisk deploys a machine of 1 GiB of memory',
  ramdisk: ['--profile', 'small'],
  needs: { memoryMebibytes: 1024, disks: [{ id: 'disk0', bus: 'virtio', sizeBytes: gibibyte }] },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(await servedImage(stage.images, (await tinyImage()).qcow2));
    assert.equal((await osBoots(stage)).os, 'tiny');
  },
});
