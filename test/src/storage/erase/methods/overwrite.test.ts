import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overwrite } from '../../../../../src/storage/erase/methods/overwrite.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';
import { diskOf, eraseOptions, streamThenZeros } from '../../../../support/overwritten-disk.ts';

test('every disk that can be written has it, and none that cannot', () => {
  assert.equal(overwrite.supports(diskOf(makeDisk('/dev/sda'))).kind, 'supported');
  assert.equal(overwrite.supports(diskOf(makeDisk('/dev/sda', { readOnly: true }))).kind, 'unsupported');
});

test('it clears, it does not purge, and it reaches nothing but its own disk', () => {
  const disk = diskOf(makeDisk('/dev/sda'));
  assert.equal(overwrite.sanitization(disk), 'clear');
  assert.deepEqual(overwrite.reach(disk), ['/dev/sda']);
});

test('the estimate goes by the kind of the disk, the passes and the read-back', () => {
  const sizeBytes = 3e12;
  const seconds = (fields: object, options = {}): number | null =>
    overwrite.estimate(diskOf(makeDisk('/dev/sda', { sizeBytes, ...fields })), eraseOptions(options));
  assert.equal(seconds({ rotational: true, transport: 'sas' }), 20_020);
  assert.equal(seconds({ transport: 'sata' }), 7502);
  assert.equal(seconds({ transport: 'nvme' }), 3002);
  assert.equal(seconds({ transport: 'nvme' }, { passes: streamThenZeros }), 6002);
  assert.equal(seconds({ transport: 'nvme' }, { passes: streamThenZeros, readBack: 'full' }), 9000);
});
