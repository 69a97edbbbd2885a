import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectMetadataTargets } from '../../../../src/storage/erase/metadata-targets.ts';
import { makeDisk, makePartition } from '../../../support/make-block-device.ts';

const node = { uuid: 'n' };

test('each disk comes with its own partitions', () => {
  const devices = [
    makeDisk('/dev/sda'),
    makeDisk('/dev/sdb'),
    makePartition('/dev/sda', 1),
    makePartition('/dev/sdb', 1),
    makePartition('/dev/sdb', 2),
  ];
  const { disks, leftOut } = selectMetadataTargets(devices, node);
  assert.deepEqual(
    disks.map(({ disk, partitions }) => [disk.path, ...partitions.map(({ path }) => path)]),
    [
      ['/dev/sda', '/dev/sda1'],
      ['/dev/sdb', '/dev/sdb1', '/dev/sdb2'],
    ],
  );
  assert.deepEqual(leftOut, []);
});

test('what is left out is told with its reason', () => {
  const devices = [
    makeDisk('/dev/sda'),
    makeDisk('/dev/sdb', { readOnly: true }),
    makeDisk('/dev/sdc'),
    makePartition('/dev/sdc', 1, { fileSystem: 'linux_raid_member' }),
    makeDisk('/dev/sdd', { label: 'ir-vfd-dev' }),
    makeDisk('/dev/sde'),
  ];
  const skipping = { ...node, properties: { skip_block_devices: [{ name: '/dev/sde' }] } };
  const { disks, leftOut } = selectMetadataTargets(devices, skipping);
  assert.deepEqual(
    disks.map(({ disk }) => disk.path),
    ['/dev/sda'],
  );
  assert.deepEqual(leftOut, [
    { device: '/dev/sdb', why: 'it is read-only' },
    { device: '/dev/sdc', why: 'it is a member of a software RAID' },
    { device: '/dev/sdd', why: 'it is virtual media of Ironic (label ir-vfd-dev)' },
    { device: '/dev/sde', why: 'it is on the skip list' },
  ]);
});
