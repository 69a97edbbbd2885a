import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { osBoots } from '../lab/os-boots.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';
import type { VmStage } from '../lab/vm-stage.ts';

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

/** Makes the stick what Ironic makes of a virtual floppy: a FAT with that label and one file. */
function writeParameters({ machine, tap, network }: VmStage): void {
  const file = machine.hardware.diskFile('stick');
  execFileSync('mkfs.vfat', ['-n', 'ir-vfd-dev', file], { stdio: 'ignore' });
  const text = `ipa-api-url=${tap.ironicUrl} ipa-advertise-host=${network.agentAddress}\n`;
  execFileSync('mcopy', ['-i', file, '-', '::/parameters.txt'], { input: text });
}

for (const firmware of ['bios', 'uefi'] as const) {
  playInVm({
    name: `virtual-media-${firmware}`,
    title: `the ISO boots by ${firmware}, its agent finds Ironic by the parameters on virtual media, deploys, and touches no medium`,
    withIso: true,
    needs: {
      firmware,
      disks: [
        { id: 'disk0', bus: 'virtio', sizeBytes: 5 * gibibyte },
        { id: 'stick', bus: 'usb', sizeBytes: 4 * mebibyte, device: { removable: true } },
      ],
      bootDisk: 'disk0',
      ramdisk: ({ ramdisk: { iso } }) => ({ from: 'disc', iso }),
      node: { properties: { cpu_arch: 'x86_64', capabilities: `boot_mode:${firmware}` } },
    },
    async run(stage) {
      writeParameters(stage);
      await stage.makeAvailable();
      await stage.deploy(await servedImage(stage.images, (await tinyImage()).raw));
      assert.equal((await osBoots(stage)).firmware, firmware);
      const stick = stage.machine.hardware.diskFile('stick');
      assert.match(execFileSync('mtype', ['-i', stick, '::/parameters.txt']).toString(), /^ipa-api-url=/);
    },
  });
}
