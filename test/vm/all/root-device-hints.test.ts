import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { osBoots } from '../lab/os-boots.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';
import { zoo } from '../lab/zoo/zoo.ts';

const wanted = 'unmap0';
const disks = zoo.map((disk) => (disk.id === wanted ? { ...disk, sizeBytes: 2 ** 30 } : disk));

playInVm({
  name: 'root-device-hints',
  title:
    'among the disks of the zoo the one of the root device hints gets the image, and boots; every other one stays as it was',
  needs: {
    disks,
    bootDisk: wanted,
    node: {
      properties: { cpu_arch: 'x86_64', root_device: { vendor: 'LABCO', wwn: '0x5000c500a1b2c3d3', size: '>= 1' } },
    },
  },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(await servedImage(stage.images, (await tinyImage()).qcow2), {
      configdrive: { meta_data: { hostname: 'lab-zoo' } },
    });
    const { configDrive } = await osBoots(stage);
    assert.equal(configDrive?.hostname, 'lab-zoo');
    const others = disks.filter(({ id, sameAs }) => id !== wanted && sameAs === undefined);
    assert.ok(others.length >= 8);
    for (const { id, sizeBytes } of others) {
      const bytes = readFileSync(stage.machine.hardware.diskFile(id));
      assert.ok(bytes.equals(Buffer.alloc(sizeBytes)), `${id} was written to`);
    }
  },
});
