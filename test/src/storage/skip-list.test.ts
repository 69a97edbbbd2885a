import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSkipped } from '../../../src/storage/skip-list.ts';
import { makeDisk, makePartition } from '../../support/make-block-device.ts';

const devices = [
  makeDisk('/dev/sda', { serial: 'A' }),
  makeDisk('/dev/sdb', { serial: 'B' }),
  makeDisk('/dev/md127', { volumeName: 'data' }),
  makePartition('/dev/sda', 1),
  makePartition('/dev/sdb', 1),
];

const skipped = (list: unknown): readonly string[] => [
  ...findSkipped(devices, { uuid: 'n', properties: { skip_block_devices: list } }),
];

test('a skipped disk takes its partitions with it', () => {
  assert.deepEqual(skipped([{ serial: 'a' }]), ['/dev/sda', '/dev/sda1']);
});

test('each entry of the list counts', () => {
  assert.deepEqual(skipped([{ serial: 'A' }, { name: '/dev/sdb' }]).length, 4);
});

test('all hints of one entry must match', () => {
  assert.deepEqual(skipped([{ serial: 'A', name: '/dev/sdb' }]), []);
});

test('an array is skipped by its volume name', () => {
  assert.deepEqual(skipped([{ volume_name: 'data' }]), ['/dev/md127']);
});

test('without a list nothing is skipped', () => {
  assert.deepEqual([...findSkipped(devices, { uuid: 'n' })], []);
  assert.deepEqual(skipped([]), []);
  assert.deepEqual(skipped(null), []);
});

test('a list that makes no sense is an error that names the entry', () => {
  const wrong: readonly [list: unknown, message: RegExp][] = [
    ['sda', /skip_block_devices is not a list/],
    [{ name: '/dev/sda' }, /is not a list/],
    [[{ name: '/dev/sda' }, { nmae: '/dev/sdb' }], /^properties.skip_block_devices\[1\]: hint nmae: .* is not a hint/],
    [[{}], /\[0\]: has no hint/],
    [['/dev/sda'], /expected an object of hints/],
    [[{ volume_name: 'data', size: 5 }], /stands alone/],
    [[{ volume_name: 5 }], /volume_name is a text/],
  ];
  for (const [list, message] of wrong) assert.throws(() => skipped(list), { name: 'DeviceHintError', message });
});
