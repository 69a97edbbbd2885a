import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { whileMounted } from '../support/installed-disk.ts';
import { inject, installedSystem, refused, rootOf, start, text } from '../support/installed-system.ts';

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
});
