import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { until } from '../../support/until.ts';
import { playInVm } from '../lab/play-in-vm.ts';

const mebibyte = 2 ** 20;
const sizeBytes = 256 * mebibyte;
const pattern = Buffer.alloc(sizeBytes, 0xa5);
const erase = { clean_steps: [{ interface: 'deploy', step: 'erase_devices' }] };

/** Whether anything of the old content is still within this MiB; the marks of the erase lie here and there. */
function isOldAt(file: string, offset: number): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(mebibyte);
    readSync(descriptor, bytes, 0, mebibyte, offset);
    return bytes.includes(pattern.subarray(0, 512));
  } finally {
    closeSync(descriptor);
  }
}

playInVm({
  name: 'power-cut-erase',
  title: 'the power is cut in the middle of an erase: clean failed, never clean; the next clean erases all of the disk',
  needs: {
    disks: [
      {
        ...{ id: 'disk0', bus: 'virtio', sizeBytes, unmaps: false, bytesPerSecond: 8 * mebibyte },
        device: { discard: false, 'write-zeroes': false }, // zeros would be there at once
      },
    ],
  },
  ironic: { callbackTimeoutSeconds: 180 },
  async run(stage) {
    const { node, machine } = stage;
    const file = machine.hardware.diskFile('disk0');
    writeFileSync(file, pattern);
    await stage.makeManageable();
    await node.provision('clean', erase);
    const isHalfErased = (): boolean => !isOldAt(file, sizeBytes / 2);
    await until(isHalfErased, { withinMs: 420_000, everyMs: 100, what: 'the middle of the erase' });
    await machine.reset('ramdisk');
    await machine.hardware.serial.waitFor(/no commands are served: .*given the token/, 240);
    const { provision_state: state, last_error: error } = await node.rests('manageable', 600);
    assert.equal(state, 'clean failed');
    assert.match(error ?? '', /timeout/i);
    assert.ok(isOldAt(file, sizeBytes - 2 * mebibyte), 'its first pass was over before the power went');
    await node.provision('manage');
    await node.reaches('manageable');
    await node.setMaintenance(false);
    await node.provision('clean', erase);
    await node.reaches('manageable', 600);
    assert.ok(readFileSync(file).equals(Buffer.alloc(sizeBytes)), 'something is left on the disk');
  },
});
