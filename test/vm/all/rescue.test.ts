import assert from 'node:assert/strict';
import { ssh } from '../../support/ssh.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { osBoots } from '../lab/os-boots.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';

const gibibyte = 2 ** 30;

playInVm({
  name: 'rescue',
  title:
    'rescue: the user logs in by SSH and on the serial line with the password, and after it the system boots again',
  needs: {
    disks: [{ id: 'disk0', bus: 'virtio', sizeBytes: gibibyte }],
    node: {
      boot_interface: 'pxe', // only it validates rescue
      driver_info: Object.fromEntries(
        ['deploy_kernel', 'deploy_ramdisk', 'rescue_kernel', 'rescue_ramdisk'].map((name) => [
          name,
          'file:///srv/ironic.conf',
        ]),
      ),
    },
  },
  async run(stage) {
    const { node, machine, network } = stage;
    using folder = temporaryDirectory();
    await stage.makeAvailable();
    await stage.deploy(await servedImage(stage.images, (await tinyImage()).raw));
    await osBoots(stage);
    await node.provision('rescue', { rescue_password: 's3cret-pw' });
    await node.reaches('rescue', 420);
    const { serial } = machine.hardware;
    await serial.waitFor(/login: $/m, 120);
    const login = (password: string, line: string): Promise<string> =>
      ssh({ user: 'rescue', host: network.agentAddress, with: { password, directory: folder.path } }, line);
    await assert.rejects(login('another', 'true'), /Permission denied/);
    assert.match(await login('s3cret-pw', 'id --name --user && sudo id --name --user'), /^rescue\nroot$/);
    await serial.ask('rescue', /Password: $/m, 60);
    await serial.ask('s3cret-pw', /\$ $/m, 60);
    await serial.ask('sudo id', /uid=0\(root\)/, 60);
    await node.provision('unrescue');
    await node.reaches('active', 420);
    await machine.booted('instance', 240, 2);
    await machine.hardware.serial.waitFor(/LAB-OS-BOOT-OK .*boots=2/, 240);
  },
});
