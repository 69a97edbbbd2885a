import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placeOf } from '../../../../../src/storage/erase/probe/disk-place.ts';
import { kindOfDisk } from '../../../../../src/storage/erase/probe/probe-disk.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';

describe('kindOfDisk', () => {
  const cases = [
    ['an NVMe namespace', makeDisk('/dev/nvme0n1', { transport: 'nvme' }), 'nvme'],
    ['a SATA disk', makeDisk('/dev/sda', { transport: 'sata' }), 'ata'],
    ['a SATA disk behind a SAS controller', makeDisk('/dev/sda', { transport: 'sas', vendor: 'ATA     ' }), 'ata'],
    ['a SAS disk', makeDisk('/dev/sda', { transport: 'sas', vendor: 'SEAGATE', hctl: '0:0:0:0' }), 'scsi'],
    ['a disk behind a USB bridge', makeDisk('/dev/sda', { transport: 'usb', vendor: 'ATA', hctl: '6:0:0:0' }), 'plain'],
    ['a disk of virtio', makeDisk('/dev/vda', { transport: 'virtio' }), 'plain'],
    ['a software RAID', makeDisk('/dev/md127', { transport: null }), 'plain'],
    ['a multipath map', makeDisk('/dev/dm-0', { transport: 'sas', hctl: '0:0:0:0' }), 'plain'],
    ['a loop device', makeDisk('/dev/loop3', { transport: null }), 'plain'],
  ] as const;
  for (const [what, device, kind] of cases) it(`asks ${what} as ${kind}`, () => assert.equal(kindOfDisk(device), kind));
});

describe('placeOf', () => {
  it('puts namespaces of one controller, or of one subsystem, into one lane', () => {
    const first = placeOf('/dev/nvme0n1', '/sys/devices/pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0/nvme0n1');
    const second = placeOf('/dev/nvme0n2', '/sys/devices/pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0/nvme0n2');
    assert.deepEqual(first, { lane: 'nvme0', controller: '0000:03:00.0' });
    assert.equal(second.lane, first.lane);
    const shared = placeOf('/dev/nvme2n1', '/sys/devices/virtual/nvme-subsystem/nvme-subsys2/nvme2n1');
    assert.deepEqual(shared, { lane: 'nvme-subsys2', controller: null });
  });

  it('gives every other disk a lane of its own, and the controller that it hangs on', () => {
    const ata = '/sys/devices/pci0000:00/0000:00:17.0/ata3/host2/target2:0:0/2:0:0:0/block/sdc';
    assert.deepEqual(placeOf('/dev/sdc', ata), { lane: '/dev/sdc', controller: '0000:00:17.0' });
    assert.deepEqual(placeOf('/dev/loop3', '/sys/devices/virtual/block/loop3'), {
      lane: '/dev/loop3',
      controller: null,
    });
  });
});
