import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probePlain } from '../../../../../src/storage/erase/probe/probe-plain.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';

const zeros = (path: string, limit: string | null): boolean => {
  return probePlain(makeDisk(path), () => limit).zerosAfterDiscard;
};

test('a loop device that can discard guarantees zeros', () => {
  assert.equal(zeros('/dev/loop3', '4294966784'), true);
  assert.equal(zeros('/dev/loop3', '0'), false);
  assert.equal(zeros('/dev/loop3', null), false);
});

test('nothing else does, whatever it can discard', () => {
  for (const path of [
    '/dev/vda',
    '/dev/md127',
    '/dev/mapper/mpatha',
    '/dev/dm-0',
    '/dev/sdb',
    '/dev/nbd0',
    '/dev/loop3p1',
  ]) {
    assert.equal(zeros(path, '4294966784'), false, path);
  }
});
