import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isRootInMemory } from '../../../src/config/root-file-system.ts';

const mount = (point: string, type: string) => `22 27 0:21 / ${point} rw,relatime shared:1 - ${type} ${type} rw\n`;

describe('isRootInMemory', () => {
  for (const type of ['rootfs', 'tmpfs', 'ramfs']) {
    it(`says yes to a root of type ${type}`, () => {
      assert.equal(isRootInMemory(mount('/proc', 'proc') + mount('/', type)), true);
    });
  }

  for (const type of ['ext4', 'btrfs', 'overlay', 'nfs4']) {
    it(`says no to a root of type ${type}, whatever else is in memory`, () => {
      assert.equal(isRootInMemory(mount('/', type) + mount('/run', 'tmpfs') + mount('/tmp', 'tmpfs')), false);
    });
  }

  it('says no when a disk lies over or under a root in memory', () => {
    assert.equal(isRootInMemory(mount('/', 'rootfs') + mount('/', 'ext4')), false);
    assert.equal(isRootInMemory(mount('/', 'ext4') + mount('/', 'tmpfs')), false);
  });

  it('says no when no root is listed', () => {
    assert.equal(isRootInMemory(mount('/run', 'tmpfs')), false);
    assert.equal(isRootInMemory(''), false);
  });

  it('says no on the machine that runs these tests', () => {
    assert.equal(isRootInMemory(readFileSync('/proc/self/mountinfo', 'utf8')), false);
  });
});
