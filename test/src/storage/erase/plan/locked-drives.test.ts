import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbedDisk } from '../../../../../src/storage/erase/disk-probe.ts';
import { tellOfLocks } from '../../../../../src/storage/erase/plan/locked-drives.ts';
import type { Refusal } from '../../../../../src/storage/refusal.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';

const security = {
  enabled: true,
  locked: true,
  frozen: false,
  countExpired: false,
  enhanced: true,
  normalMinutes: 2,
  enhancedMinutes: 2,
};
const sanitize = { crypto: false, block: false, overwrite: false, frozen: false };
const driveAt = (path: string, locked: boolean): ProbedDisk => ({
  device: makeDisk(path),
  partitions: [],
  probe: { kind: 'ata', sanitize, security: { ...security, locked }, zerosAfterDiscard: false },
});

test('a drive that cannot be read because it is locked is refused with the way out', () => {
  const unreadable = (device: string): Refusal => ({
    device,
    reason: 'unreadable',
    detail: `${device} cannot be read: at byte 0: EIO`,
  });
  const mounted: Refusal = { device: '/dev/sda', reason: 'mounted', detail: '/dev/sda is mounted on /mnt' };
  const refusals = [unreadable('/dev/sda'), unreadable('/dev/sdb'), unreadable('/dev/sdc'), mounted];
  const told = tellOfLocks(refusals, [driveAt('/dev/sda', true), driveAt('/dev/sdb', false)]);
  assert.equal(
    told[0]?.detail,
    '/dev/sda cannot be read: at byte 0: EIO; it is locked by an ATA password (after an erase that was cut off: ' +
      'hdparm --user-master u --security-disable ironhand /dev/sda)',
  );
  assert.deepEqual(told.slice(1), refusals.slice(1));
});
