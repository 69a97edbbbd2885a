import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { debianImage } from '../lab/os-images/debian.ts';
import { playInVm } from '../lab/play-in-vm.ts';
import { servedImage } from '../lab/served-image.ts';
import { VirtualMachine } from '../lab/virtual-machine.ts';

const gibibyte = 2 ** 30;
const bootSeconds = 400;
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFromTheConfigDrive0000000000000000000 lab';
const toldLine = /LAB-CLOUD-INIT (\{.*\})\r?\n/;

playInVm({
  name: 'cloud-init',
  title: 'a Debian with cloud-init: it boots, and cloud-init takes name, key and user data from the config drive',
  needs: { disks: [{ id: 'disk0', bus: 'virtio', sizeBytes: 2 * gibibyte }] },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(await servedImage(stage.images, (await debianImage()).qcow2), {
      configdrive: {
        meta_data: { uuid: '5f2b7c9e-0d5c-4c0a-8a5e-6f1d2b3c4d5e', hostname: 'lab-cloud', public_keys: { lab: key } },
        user_data: '#cloud-config\nwrite_files: [{path: /etc/lab-user-data, content: from the user data}]\n',
      },
    });
    const { machine } = stage;
    await machine.booted('instance', bootSeconds);
    const { datasource, root, ...rest } = await toldOn(machine.hardware);
    assert.match(String(datasource), /^DataSourceConfigDrive /);
    assert.match(String(root), /^\/dev\/vda3$/);
    assert.deepEqual(rest, {
      errors: [],
      instance: '5f2b7c9e-0d5c-4c0a-8a5e-6f1d2b3c4d5e',
      hostname: 'lab-cloud',
      keys: key,
      file: 'from the user data',
    });
  },
});

test('the same Debian without a config drive: cloud-init finds no data, so what it told was of the drive', {
  timeout: (bootSeconds + 300) * 1000, // it may have to be built
}, async () => {
  const { raw } = await debianImage();
  await using machine = new VirtualMachine({
    name: 'no-config-drive',
    disks: [{ id: 'disk0', bus: 'virtio', sizeBytes: gibibyte }],
  });
  copyFileSync(raw, machine.diskFile('disk0'));
  await machine.start({ from: 'disk', id: 'disk0' });
  assert.deepEqual(await toldOn(machine), {
    datasource: 'DataSourceNone',
    errors: [],
    instance: 'iid-datasource-none',
    hostname: 'not-told',
    root: '/dev/vda3',
    keys: '',
    file: '',
  });
});

async function toldOn({ serial }: VirtualMachine): Promise<Record<string, unknown>> {
  const [, told = ''] = await serial.waitFor(toldLine, bootSeconds);
  return JSON.parse(told) as Record<string, unknown>;
}
