import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ToolCall } from '../../src/core/tool.ts';
import { createInstalledDisk, whileMounted } from '../support/installed-disk.ts';
import {
  assertNothingMounted,
  inject,
  installedSystem,
  refused,
  rootOf,
  start,
  text,
} from '../support/installed-system.ts';
import type { TestJobContext } from '../support/job-context.ts';
import { createLoopDevice } from '../support/loop-device.ts';

const kernelKnows = (fileSystem: string): boolean =>
  new RegExp(`\\b${fileSystem}$`, 'm').test(readFileSync('/proc/filesystems', 'utf8'));

describe('inject_files finds its partition', () => {
  it('goes to the partition that is named, by number or by device, also at its top', async () => {
    await using disk = await installedSystem();
    const boot = disk.partitions[0] ?? '';
    await inject(
      disk,
      { path: '/one', partition: 1, content: text('1') },
      { path: '/two', partition: boot, content: text('2') },
      { path: '/etc/three', partition: '1', content: text('3') },
    );
    whileMounted(boot, (root) => {
      for (const name of ['one', 'two', 'etc/three']) assert.ok(existsSync(join(root, name)), name);
    });
    await refused(
      start(disk, { files: [{ path: '/x', partition: 7, content: '' }] }).done,
      'DeviceNotFound',
      /no partition 7/,
    );
    const elsewhere = [{ path: '/x', partition: '/dev/null', content: '' }];
    await refused(start(disk, { files: elsewhere }).done, 'DeviceNotFound', /\/dev\/null is not a block device/);
  });

  it('finds partitions that the kernel does not know yet', async () => {
    await using disk = await installedSystem();
    execFileSync('partx', ['--delete', disk.path]);
    await inject(disk, { path: '/etc/a', content: text('x') });
    whileMounted(rootOf(disk), (root) => assert.ok(existsSync(join(root, 'etc/a'))));
  });

  for (const type of ['xfs', 'btrfs', 'ext2', 'ext3'] as const) {
    it(`on ${type}`, { skip: !kernelKnows(type) && `this kernel has no ${type}` }, async () => {
      const sizeMib = type === 'xfs' ? 304 : 128;
      await using disk = await createInstalledDisk([{ type, sizeMib }]);
      whileMounted(disk.partitions[0] ?? '', (root) => mkdirSync(join(root, 'etc')));
      await inject(disk, { path: '/etc/a', content: text('x'), mode: 0o600, owner: 5, group: 6 });
      whileMounted(disk.partitions[0] ?? '', (root) => {
        const { mode, uid, gid } = lstatSync(join(root, 'etc/a'));
        assert.deepEqual([mode & 0o7777, uid, gid], [0o600, 5, 6]);
      });
      assertNothingMounted(disk);
    });
  }

  const hasVfat = kernelKnows('vfat');

  it('on vfat, which has no owners', async () => {
    const type = hasVfat ? 'vfat' : 'ext4';
    await using disk = await createInstalledDisk([{ type, sizeMib: 40 }]);
    /** Where the kernel has no FAT, another file system is taken for it. */
    const change = ({ run }: TestJobContext) => ({
      run: async (call: ToolCall) => {
        const args = call.program === 'mount' ? call.args.map((arg) => (arg === 'vfat' ? type : arg)) : call.args;
        const result = await run({ ...call, args });
        return { ...result, stdout: result.stdout.replace(`TYPE=${type}\n`, 'TYPE=vfat\n') };
      },
    });
    const file = { path: '/EFI/debian/grub.cfg', partition: 1, content: text('x') };
    const { context, done } = start(disk, { files: [{ ...file, owner: 0, mode: 0o640 }] }, { change });
    await done;
    const read = (root: string): string => readFileSync(join(root, 'EFI/debian/grub.cfg'), 'utf8');
    assert.equal(whileMounted(disk.partitions[0] ?? '', read), 'x');
    assert.match(JSON.stringify(context.entries), /a vfat keeps no permissions/);
    const owned = start(disk, { files: [{ ...file, group: 5 }] }, { change }).done;
    await refused(owned, 'CommandExecutionError', /all belongs to user and group 0; asked for were null, 5/);
    await start(disk, { files: [file] }, { change }).done;
    assertNothingMounted(disk);
  });

  it('and says where the kernel does not know its file system', {
    skip: hasVfat && 'this kernel has vfat',
  }, async () => {
    await using disk = await createInstalledDisk([{ type: 'vfat', sizeMib: 40 }]);
    const { done } = start(disk, { files: [{ path: '/a', partition: 1, content: '' }] });
    await refused(done, 'DeviceNotFound', /unknown filesystem type 'vfat'/);
    assertNothingMounted(disk);
  });

  it('on a disk that is one file system without a table', async () => {
    await using loop = await createLoopDevice({ sizeBytes: 8 << 20 });
    const disk = { ...loop, partitions: [loop.path] };
    execFileSync('mkfs.ext4', ['-q', loop.path]);
    whileMounted(loop.path, (root) => mkdirSync(join(root, 'etc')));
    await inject(disk, { path: '/etc/a', content: text('x') });
    assert.equal(
      whileMounted(loop.path, (root) => readFileSync(join(root, 'etc/a'), 'utf8')),
      'x',
    );
  });
});
