import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseMounts, parseSwaps, readMounts } from '../../../src/storage/device-uses.ts';

test('reads every line of the mounts of this process', () => {
  const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  const entries = parseMounts(mountinfo);
  assert.equal(entries.length, mountinfo.trim().split('\n').length);
  assert.ok(entries.some(({ mountPoint }) => mountPoint === '/proc'));
  for (const { number } of entries) assert.match(number, /^\d+:\d+$/);
});

test('unescapes blanks in mount points, and skips optional fields', () => {
  const line = '36 35 98:0 /mnt1 /mnt\\040two rw,noatime master:1 shared:2 - ext3 /dev/my\\134root rw\n';
  assert.deepEqual(parseMounts(line), [{ number: '98:0', source: '/dev/my\\root', mountPoint: '/mnt two' }]);
});

test('an unknown line is an error: a mount that is not seen is a disk that is not guarded', () => {
  assert.throws(() => parseMounts('nonsense\n'), /unknown line in mountinfo/);
});

test('mounts of no block device are no use of one', () => {
  assert.ok(readMounts().every(({ device }) => device.startsWith('/dev/')));
});

test('reads swap areas below the headline', () => {
  const swaps =
    'Filename\t\t\t\tType\t\tSize\n/dev/sda2                               partition\t8388604\n/swap\\040file file\t1\n';
  assert.deepEqual(parseSwaps(swaps), ['/dev/sda2', '/swap file']);
  assert.deepEqual(parseSwaps('Filename\t\t\t\tType\t\tSize\n'), []);
});
