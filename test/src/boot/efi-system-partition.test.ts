import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findEfiSystemPartition, partitionNumber } from '../../../src/boot/efi-system-partition.ts';
import type { BlockDevice } from '../../../src/core/block-device.ts';
import { blockDevice } from './boot-context.ts';

const espType = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
const linuxType = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const guid = '9c4735e2-5161-40f6-82e7-309d7d900e87';

const partition = (path: string, disk: string, fields: Partial<BlockDevice> = {}): BlockDevice =>
  blockDevice(path, { kind: 'partition', disk, partitionType: linuxType, ...fields });

suite('partitionNumber', () => {
  const cases: [path: string, disk: string, number: number | null][] = [
    ['/dev/sda2', '/dev/sda', 2],
    ['/dev/sda12', '/dev/sda', 12],
    ['/dev/nvme0n1p3', '/dev/nvme0n1', 3],
    ['/dev/mmcblk0p1', '/dev/mmcblk0', 1],
    ['/dev/loop5p15', '/dev/loop5', 15],
    ['/dev/sda', '/dev/sda', null],
    ['/dev/sdaa1', '/dev/sda', null],
    ['/dev/nvme0n11', '/dev/nvme0n1', null],
    ['/dev/sdb1', '/dev/sda', null],
  ];
  for (const [path, disk, number] of cases) {
    test(`${path} of ${disk} is ${number}`, () => {
      assert.equal(partitionNumber(path, disk), number);
    });
  }
});

suite('the EFI system partition of a disk', () => {
  test('is found by its GPT type, with its number and GUID', () => {
    const devices = [
      blockDevice('/dev/nvme0n1'),
      partition('/dev/nvme0n1p1', '/dev/nvme0n1'),
      partition('/dev/nvme0n1p2', '/dev/nvme0n1', { partitionType: espType, partitionUuid: guid.toUpperCase() }),
    ];
    assert.deepEqual(findEfiSystemPartition(devices, '/dev/nvme0n1', null), {
      device: '/dev/nvme0n1p2',
      disk: '/dev/nvme0n1',
      number: 2,
      guid,
    });
  });

  test('is the first of several by number, not by name', () => {
    const esps = ['/dev/sda10', '/dev/sda2'].map((path) => partition(path, '/dev/sda', { partitionType: espType }));
    assert.equal(findEfiSystemPartition(esps, '/dev/sda', null)?.number, 2);
  });

  test('is never one on another disk', () => {
    const devices = [partition('/dev/sdb1', '/dev/sdb', { partitionType: espType, uuid: 'A173-D5C7' })];
    assert.equal(findEfiSystemPartition(devices, '/dev/sda', 'A173-D5C7'), null);
  });

  test('is found by its MBR type, and then has no GUID', () => {
    const devices = [partition('/dev/sda1', '/dev/sda', { partitionType: '0xef', partitionUuid: '1234abcd-01' })];
    assert.equal(findEfiSystemPartition(devices, '/dev/sda', null)?.guid, null);
  });

  test('is found by the UUID given, in any case, where no type tells', () => {
    const devices = [partition('/dev/sda1', '/dev/sda'), partition('/dev/sda2', '/dev/sda', { uuid: 'A173-D5C7' })];
    assert.equal(findEfiSystemPartition(devices, '/dev/sda', 'a173-d5c7')?.number, 2);
  });

  test('goes by the type before the UUID given', () => {
    const devices = [
      partition('/dev/sda1', '/dev/sda', { uuid: 'A173-D5C7' }),
      partition('/dev/sda2', '/dev/sda', { partitionType: espType }),
    ];
    assert.equal(findEfiSystemPartition(devices, '/dev/sda', 'A173-D5C7')?.number, 2);
  });

  test('is null where there is none', () => {
    assert.equal(findEfiSystemPartition([partition('/dev/sda1', '/dev/sda')], '/dev/sda', null), null);
  });
});
