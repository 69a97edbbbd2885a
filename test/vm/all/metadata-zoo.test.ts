import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { VirtualDisk } from '../lab/disk.ts';
import { ZooMachine } from '../lab/zoo/zoo-machine.ts';

const sizeBytes = 64 * 2 ** 20;
const twoPaths = { bus: 'scsi', sizeBytes, serial: 'MULTI0', wwn: '0x5000c500a1b2c3d0' } as const;

const disks: readonly VirtualDisk[] = [
  { id: 'begin0', bus: 'virtio', sizeBytes },
  { id: 'begin1', bus: 'nvme', sizeBytes },
  { id: 'end0', bus: 'virtio', sizeBytes },
  { id: 'end1', bus: 'sata', sizeBytes },
  { id: 'volume0', bus: 'scsi', sizeBytes, sectorBytes: 4096 },
  { id: 'volume1', bus: 'virtio', sizeBytes, sectorBytes: 4096 },
  { id: 'multi0', ...twoPaths, adapter: 1 },
  { id: 'multi1', ...twoPaths, adapter: 2, sameAs: 'multi0' },
];

/** What a tenant may leave: an array whose superblocks are at the beginning, one whose are at the end, volumes, and a map of two paths. */
async function settle(machine: ZooMachine): Promise<void> {
  const at = new Map<string, string>();
  for (const id of ['begin0', 'begin1', 'end0', 'end1', 'volume0', 'volume1']) at.set(id, await machine.devicePath(id));
  const lines = [
    `mdadm --create /dev/md/first --run --level=1 --raid-devices=2 --metadata=1.2 ${at.get('begin0')} ${at.get('begin1')}`,
    `mdadm --create /dev/md/last --run --level=1 --raid-devices=2 --metadata=1.0 ${at.get('end0')} ${at.get('end1')}`,
    'mkfs.ext4 -q /dev/md/first && mkfs.ext4 -q /dev/md/last && mdadm --stop /dev/md/first /dev/md/last',
    `pvcreate --yes ${at.get('volume0')} ${at.get('volume1')} && vgcreate tenant ${at.get('volume0')} ${at.get('volume1')}`,
    'lvcreate --yes --extents 20 --name data tenant && mkfs.ext4 -q /dev/tenant/data',
    'mkfs.ext4 -q /dev/mapper/mpath*',
  ];
  for (const line of lines) {
    const { exitCode, output } = await machine.type(line);
    assert.equal(exitCode, 0, output);
  }
}

const signaturesIn = (file: string): string => execFileSync('wipefs', ['--no-act', file], { encoding: 'utf8' });

test('metadata of arrays, volumes and a disk with two paths goes, as seen from outside', {
  timeout: 600_000,
}, async () => {
  await using machine = await ZooMachine.boot(disks, () => undefined, { shell: true });
  await settle(machine);
  const own = disks.filter(({ id }) => id !== 'multi1').map(({ id }) => machine.hardware.diskFile(id));
  for (const file of own) assert.notEqual(signaturesIn(file), '', file);
  await machine.clean('erase_devices_metadata');
  for (const file of own) assert.equal(signaturesIn(file), '', file);
});
