import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { HolderFacts } from '../../../../src/storage/holders/holder-facts.ts';
import { planRelease } from '../../../../src/storage/holders/plan-release.ts';
import { makeDisk } from '../../../support/make-block-device.ts';

/**
 * What readHolders found on Debian 12 (kernel 6.1, LVM 2.03.16, mdadm 4.2) in QEMU: two mirrors of md, a volume group over a disk
 * and a partition with swap, stripes, a snapshot and a mirror, and another group on an array. This very plan was carried out there:
 * afterwards the kernel knew no array and no mapping any more.
 */
const fixture = new URL('../../../fixtures/holders/lvm-over-md.json', import.meta.url);
const facts = JSON.parse(readFileSync(fixture, 'utf8')) as HolderFacts;
const disks = ['/dev/vda', '/dev/vdb', '/dev/vdc'].map((path) => makeDisk(path));

test('the release of a real machine is planned as it went through there', () => {
  const { actions, refusals, releasable } = planRelease(disks, facts, { dissolveArrays: true });
  assert.deepEqual(refusals, []);
  assert.deepEqual(
    actions.map((action) =>
      [action.kind, action.device, ...('volume' in action ? [action.volume, ...action.parts] : [])].join(' '),
    ),
    [
      'swap-off /dev/dm-0',
      'deactivate-volume /dev/dm-0 vg-x/swap',
      'deactivate-volume /dev/dm-1 vg-x/span',
      'deactivate-volume /dev/dm-2 vg-x/orig /dev/dm-3',
      'deactivate-volume /dev/dm-5 vg-x/snap /dev/dm-3 /dev/dm-4',
      'deactivate-volume /dev/dm-10 vg-x/mir /dev/dm-6 /dev/dm-7 /dev/dm-8 /dev/dm-9',
      'deactivate-volume /dev/dm-11 vgm/top',
      'stop-array /dev/md126',
      'stop-array /dev/md127',
    ],
  );
  assert.equal(releasable.size, 14);
});

test('without dissolving arrays a group that spans a member and a disk is refused', () => {
  const targets = ['/dev/vdc', '/dev/md126', '/dev/md127'].map((path) => makeDisk(path));
  const { actions, refusals } = planRelease(targets, facts, { dissolveArrays: false });
  assert.deepEqual(
    actions.map(({ device }) => device),
    ['/dev/dm-11'],
  );
  assert.deepEqual(
    refusals.map(({ detail }) => detail),
    [
      '/dev/dm-1 on /dev/vdc is not taken down: it also lies on /dev/vda, which is not to be erased',
      '/dev/dm-10 on /dev/vdc is not taken down: it also lies on /dev/vda, which is not to be erased',
    ],
  );
});
