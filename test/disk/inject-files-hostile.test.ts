import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { whileMounted } from '../support/installed-disk.ts';
import {
  assertNothingMounted,
  inject,
  installedSystem,
  refused,
  rootOf,
  start,
  text,
} from '../support/installed-system.ts';

describe('inject_files does not leave the file system', () => {
  it('by links on the way: they lead where they would lead in the installed system', async () => {
    await using disk = await installedSystem();
    whileMounted(rootOf(disk), (root) => {
      symlinkSync('../../../../../../etc', join(root, 'usr/up'));
      symlinkSync('/', join(root, 'usr/top'));
    });
    const paths = ['/lib/a', '/lib64/b', '/usr/up/ironhand-escape', '/usr/top/etc/d'];
    await inject(disk, ...paths.map((path) => ({ path, content: text(path) })));
    whileMounted(rootOf(disk), (root) => {
      const found = ['usr/lib/a', 'usr/lib/b', 'etc/ironhand-escape', 'etc/d'].map((name) =>
        readFileSync(join(root, name), 'utf8'),
      );
      assert.deepEqual(found, paths);
      assert.equal(readlinkSync(join(root, 'lib64')), '/usr/lib');
    });
    assert.equal(existsSync('/etc/ironhand-escape'), false);
  });

  it('by a link in its own place: that one is replaced', async () => {
    await using disk = await installedSystem();
    const outside = join(process.cwd(), 'package.json');
    const before = readFileSync(outside, 'utf8');
    whileMounted(rootOf(disk), (root) => symlinkSync(outside, join(root, 'etc/resolv.conf')));
    const context = await inject(disk, { path: '/etc/resolv.conf', content: text('nameserver ::1\n') });
    whileMounted(rootOf(disk), (root) => {
      assert.ok(lstatSync(join(root, 'etc/resolv.conf')).isFile());
      assert.equal(readFileSync(join(root, 'etc/resolv.conf'), 'utf8'), 'nameserver ::1\n');
    });
    assert.equal(readFileSync(outside, 'utf8'), before);
    assert.match(JSON.stringify(context.entries), /"replaced":"link"/);
  });

  it('and refuses before the first write what is in its way', async () => {
    await using disk = await installedSystem();
    whileMounted(rootOf(disk), (root) => {
      execFileSync('mknod', [join(root, 'dev/disk'), 'b', '7', '0']);
      execFileSync('mkfifo', [join(root, 'etc/pipe')]);
      symlinkSync('b', join(root, 'usr/a'));
      symlinkSync('a', join(root, 'usr/b'));
      symlinkSync('none/../etc', join(root, 'usr/dangling'));
    });
    const hostile: readonly (readonly [string, RegExp])[] = [
      ['/dev/disk', /\/dev\/disk is there and is no regular file/],
      ['/etc/pipe', /no regular file/],
      ['/usr/lib', /is a directory/],
      ['/dev/disk/x', /\/dev\/disk on its way is no directory/],
      ['/usr/a/x', /link in a circle/],
      ['/usr/dangling/x', /a link on its way leads to a directory that is not there/],
    ];
    for (const [path, message] of hostile) {
      const files = [
        { path: '/etc/good', content: '' },
        { path, content: '' },
      ];
      await refused(start(disk, { files }).done, 'CommandExecutionError', message);
      assertNothingMounted(disk);
    }
    whileMounted(rootOf(disk), (root) => assert.equal(existsSync(join(root, 'etc/good')), false));
  });
});
