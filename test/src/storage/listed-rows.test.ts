import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectRows } from '../../../src/storage/listed-rows.ts';
import type { LsblkRow } from '../../../src/tools/lsblk.ts';

function row(kernelName: string, type: string, fields: Partial<LsblkRow> = {}): LsblkRow {
  return {
    kernelName,
    parentKernelName: null,
    type,
    sizeBytes: 1024 ** 3,
    logicalSectorBytes: 512,
    physicalSectorBytes: 512,
    readOnly: false,
    rotational: false,
    removable: false,
    model: null,
    vendor: null,
    serial: null,
    wwn: null,
    hctl: null,
    transport: null,
    uuid: null,
    partitionUuid: null,
    partitionType: null,
    partitionTableUuid: null,
    fileSystem: null,
    label: null,
    mountPoints: [],
    ...fields,
  };
}

function listed(
  rows: readonly LsblkRow[],
  partitions = true,
  named: readonly string[] | null = null,
): readonly string[] {
  return selectRows(rows, { partitions, named }).map(({ kernelName }) => kernelName);
}

test('disks, arrays and multipath devices are disks', () => {
  const rows = [row('sda', 'disk'), row('md0', 'raid1'), row('md1', 'raid10'), row('dm-0', 'mpath')];
  assert.deepEqual(listed(rows), ['sda', 'md0', 'md1', 'dm-0']);
});

test('what only looks like a disk is left out', () => {
  const rows = [
    row('sr0', 'rom'),
    row('fd0', 'disk'),
    row('ram0', 'disk'),
    row('zram0', 'disk'),
    row('sdz', 'disk', { sizeBytes: 0 }),
    row('dm-1', 'lvm'),
    row('dm-2', 'crypt'),
    row('loop0', 'loop'),
  ];
  assert.deepEqual(listed(rows), []);
});

test('a disk whose name merely begins like those is not', () => {
  assert.deepEqual(listed([row('fda', 'disk'), row('rama', 'disk')]), ['fda', 'rama']);
});

test('partitions come after the disks, and only when asked', () => {
  const rows = [
    row('sda', 'disk'),
    row('sda1', 'part', { parentKernelName: 'sda' }),
    row('md0', 'raid1'),
    row('md0p1', 'md', { parentKernelName: 'md0' }),
  ];
  assert.deepEqual(listed(rows, true), ['sda', 'md0', 'sda1', 'md0p1']);
  assert.deepEqual(listed(rows, false), ['sda', 'md0']);
});

test('the paths of a multipath device, and their partitions, give way to the device', () => {
  const rows = [
    row('sda', 'disk', { fileSystem: 'mpath_member' }),
    row('sdb', 'disk', { fileSystem: 'mpath_member' }),
    row('sda1', 'part', { parentKernelName: 'sda' }),
    row('dm-0', 'mpath', { parentKernelName: 'sda' }),
    row('dm-1', 'part', { parentKernelName: 'dm-0' }),
  ];
  assert.deepEqual(listed(rows), ['dm-0', 'dm-1']);
});

test('outside a ramdisk only named devices and their partitions exist, loop devices too', () => {
  const rows = [
    row('sda', 'disk'),
    row('sda1', 'part', { parentKernelName: 'sda' }),
    row('loop1', 'loop'),
    row('loop10', 'loop'),
    row('loop1p1', 'part', { parentKernelName: 'loop1' }),
  ];
  assert.deepEqual(listed(rows, true, ['/dev/loop1']), ['loop1', 'loop1p1']);
  assert.deepEqual(listed(rows, true, ['/dev/sda1']), ['sda1']);
  assert.deepEqual(listed(rows, true, []), []);
});
