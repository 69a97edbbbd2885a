import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BlockDevice } from '../../../../src/core/block-device.ts';
import { candidatesFor } from '../../../../src/image/inject-files/candidates.ts';
import { fileFromWire } from '../../../../src/image/inject-files/file-request.ts';
import { makeDisk, makePartition } from '../../../support/make-block-device.ts';

const root = makeDisk('/dev/nvme0n1');
const devices = [
  root,
  makeDisk('/dev/sda'),
  ...[10, 2, 1].map((number) => makePartition(root.path, number)),
  makePartition('/dev/sda', 1),
];

function pathsFor(partition: number | string | null, on: BlockDevice | null = root, all = devices): readonly string[] {
  const file = fileFromWire({ path: '/etc/a', content: '', partition });
  const resolve = (path: string) => (path === '/dev/disk/by-label/data' ? '/dev/sda1' : path);
  return candidatesFor(file, on, all, resolve).map(({ path }) => path);
}

describe('the devices that a file may go to', () => {
  it('are the partitions of the root device in the order of their numbers', () => {
    assert.deepEqual(pathsFor(null), ['/dev/nvme0n1p1', '/dev/nvme0n1p2', '/dev/nvme0n1p10']);
  });

  it('are the one with the number, on the root device only', () => {
    assert.deepEqual(pathsFor(10), ['/dev/nvme0n1p10']);
    assert.deepEqual(pathsFor('2'), ['/dev/nvme0n1p2']);
    assert.deepEqual(pathsFor(3), []);
  });

  it('are the device that a path leads to, if the agent may know of it', () => {
    assert.deepEqual(pathsFor('/dev/disk/by-label/data', null), ['/dev/sda1']);
    assert.deepEqual(pathsFor('/dev/sdb1'), []);
  });

  it('are the root device as a whole where a file system lies on it without a table', () => {
    const bare = makeDisk('/dev/vda', { fileSystem: 'ext4' });
    assert.deepEqual(pathsFor(null, bare, [bare]), ['/dev/vda']);
    assert.deepEqual(pathsFor(1, bare, [bare]), []);
    assert.deepEqual(pathsFor(null, makeDisk('/dev/vda'), [makeDisk('/dev/vda')]), []);
  });
});
