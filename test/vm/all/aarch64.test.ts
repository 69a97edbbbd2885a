import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { VirtualDisk } from '../lab/disk.ts';
import { digestOfZeros, ZooMachine } from '../lab/zoo/zoo-machine.ts';

const sizeBytes = 8 * 2 ** 20;
const disks: readonly VirtualDisk[] = [{ id: 'disk0', bus: 'virtio', sizeBytes }];

test('the ISO for aarch64 boots by UEFI, its agent finds Ironic by the arguments on it, and erases a disk', {
  timeout: 600_000,
}, async () => {
  const fill = (file: string): void => writeFileSync(file, Buffer.alloc(sizeBytes, 0xa5));
  await using machine = await ZooMachine.boot(disks, fill, { processor: 'aarch64', fromDisc: true });
  await machine.clean('erase_devices');
  const zeros = digestOfZeros(sizeBytes);
  assert.equal(machine.digests().get('disk0'), zeros);
});
