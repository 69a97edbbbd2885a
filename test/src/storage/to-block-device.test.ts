import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeviceDetails, toBlockDevice } from '../../../src/storage/to-block-device.ts';
import { type LsblkRow, parseRows } from '../../../src/tools/lsblk.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const nothing: DeviceDetails = { udev: {}, tags: {}, byPath: null, diskSequence: null, pathTransport: null };

function captured(kernelName: string): LsblkRow {
  const rows = parseRows(capturedOutput('lsblk', 'loop-partitions').text);
  const row = rows.find((candidate) => candidate.kernelName === kernelName);
  assert.ok(row);
  return row;
}

test('a disk is its own disk, a partition has another', () => {
  const disk = toBlockDevice(captured('loop0'), nothing);
  assert.deepEqual([disk.path, disk.kind, disk.disk], ['/dev/loop0', 'disk', '/dev/loop0']);
  const partition = toBlockDevice(captured('loop0p2'), nothing);
  assert.deepEqual([partition.path, partition.kind, partition.disk], ['/dev/loop0p2', 'partition', '/dev/loop0']);
});

test('a kernel name with an exclamation mark is a path with a slash', () => {
  const row = { ...captured('loop0'), kernelName: 'cciss!c0d0' };
  assert.equal(toBlockDevice(row, nothing).path, '/dev/cciss/c0d0');
});

test('serial number and WWN are those of lsblk, else those of udev; other spellings are kept', () => {
  const udev = { ID_SERIAL_SHORT: 'SHORT', ID_SERIAL: 'MODEL_SHORT', ID_WWN: '0x5', ID_WWN_WITH_EXTENSION: '0x55' };
  const device = toBlockDevice({ ...captured('loop0'), serial: 'LSBLK', wwn: '0x55' }, { ...nothing, udev });
  assert.deepEqual([device.serial, device.otherSerials], ['LSBLK', ['SHORT', 'MODEL_SHORT']]);
  assert.deepEqual([device.wwn, device.otherWwns], ['0x55', ['0x5']]);
  assert.equal(device.wwnWithExtension, '0x55');
  const bare = toBlockDevice(captured('loop0'), { ...nothing, udev });
  assert.deepEqual([bare.serial, bare.otherSerials], ['SHORT', ['MODEL_SHORT']]);
});

test('the same spelling twice is no other spelling', () => {
  const device = toBlockDevice({ ...captured('loop0'), serial: 'S' }, { ...nothing, udev: { ID_SERIAL: 'S' } });
  assert.equal(device.otherSerials, undefined);
});

test('a device-mapper device has the properties that udev gives it under its own names', () => {
  const udev = { DM_SERIAL: 'S', DM_WWN: '0x6' };
  const device = toBlockDevice({ ...captured('loop0'), type: 'mpath' }, { ...nothing, udev, pathTransport: 'fc' });
  assert.deepEqual([device.serial, device.wwn, device.transport], ['S', '0x6', 'fc']);
});

test('an array has the name that it was made with', () => {
  const row = { ...captured('loop0'), type: 'raid1' };
  assert.equal(toBlockDevice(row, { ...nothing, udev: { MD_DEVNAME: 'root' } }).volumeName, 'root');
  assert.equal(toBlockDevice(row, { ...nothing, udev: { MD_NAME: 'host:root' } }).volumeName, 'root');
  assert.equal(toBlockDevice(row, nothing).volumeName, undefined);
});

test('content that lsblk does not know is what was read from the device', () => {
  const tags = { TYPE: 'ext4', LABEL: 'root', UUID: 'u', PART_ENTRY_TYPE: 'AA31E02A', PART_ENTRY_UUID: 'p' };
  const device = toBlockDevice(captured('loop0p2'), { ...nothing, tags });
  const { fileSystem, label, uuid, partitionType, partitionUuid } = device;
  assert.deepEqual([fileSystem, label, uuid, partitionType, partitionUuid], ['ext4', 'root', 'u', 'aa31e02a', 'p']);
});
