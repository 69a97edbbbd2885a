import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deviceOf, readBootMedia } from '../../../src/storage/boot-medium.ts';
import { readMounts } from '../../../src/storage/device-uses.ts';

const mounts = [
  { kind: 'mounted', device: '/dev/vda', by: '/' },
  { kind: 'mounted', device: '/dev/sdb1', by: '/run/live/medium' },
] as const;

test('a file lies on the device of the innermost mount point that it is under', () => {
  assert.equal(deviceOf('/run/live/medium/live/filesystem.squashfs', mounts), '/dev/sdb1');
  assert.equal(deviceOf('/run/live/mediums/x', mounts), '/dev/vda');
  assert.equal(deviceOf('/run/live/medium/x', mounts.slice(0, 0)), null);
});

test('the disk of this very system is found where it has one', () => {
  const root = readMounts().find(({ by }) => by === '/');
  const found = readBootMedia().map(({ disk }) => disk);
  if (root === undefined) return;
  assert.ok(
    found.some((disk) => root.device.startsWith(disk) || readFileSync('/proc/partitions', 'utf8').includes('dm-')),
  );
});
