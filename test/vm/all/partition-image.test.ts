import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { partitionTable } from '../../ironic/lab/disk-evidence.ts';
import { osBoots } from '../lab/os-boots.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';

const gibibyte = 2 ** 30;

playInVm({
  name: 'partition-image',
  title:
    'a partition image with UEFI: its partitions are made, a loader is injected, and the firmware boots it through our entry',
  needs: {
    firmware: 'uefi',
    disks: [{ id: 'disk0', bus: 'virtio', sizeBytes: 3 * gibibyte }],
    node: { properties: { cpu_arch: 'x86_64', capabilities: 'boot_mode:uefi' } },
  },
  async run(stage) {
    const { root, efiLoader } = await tinyImage();
    await stage.makeAvailable();
    const info = await servedImage(stage.images, root);
    const content = readFileSync(efiLoader).toString('base64');
    const loader = { path: '/EFI/BOOT/BOOTX64.EFI', partition: 1, content };
    await stage.deploy(
      {
        ...info,
        image_type: 'partition',
        root_gb: 1,
        swap_mb: 64,
        capabilities: { boot_mode: 'uefi', disk_label: 'gpt' },
      },
      {
        configdrive: { meta_data: { hostname: 'lab-partition' } },
        deploy_steps: [{ interface: 'deploy', step: 'inject_files', priority: 70, args: { files: [loader] } }],
      },
    );
    const { firmware, bootEntry, configDrive } = await osBoots(stage);
    assert.equal(firmware, 'uefi');
    assert.match(bootEntry?.label ?? '', /^ironic/);
    assert.equal(configDrive?.hostname, 'lab-partition');
    const table = await partitionTable(stage.machine.hardware.diskFile('disk0'));
    assert.equal(table?.label, 'gpt');
    assert.equal(table?.partitions?.length, 4);
  },
});
