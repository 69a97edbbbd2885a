import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { removeLeftovers } from '../../src/boot/leftover-mounts.ts';
import { createImageServer } from '../support/image-server.ts';
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
import { createStorageHost } from '../support/storage-host.ts';

describe('inject_files', () => {
  it('writes a file where the first directory of its path is, owned by root and readable by all', async () => {
    await using disk = await installedSystem();
    await inject(disk, { path: '/etc/motd', content: text('hello\n') }, { path: '/EFI/x', content: text('') });
    whileMounted(rootOf(disk), (root) => {
      assert.equal(readFileSync(join(root, 'etc/motd'), 'utf8'), 'hello\n');
      const { mode, uid, gid } = lstatSync(join(root, 'etc/motd'));
      assert.deepEqual([mode & 0o7777, uid, gid], [0o644, 0, 0]);
      assert.deepEqual(readdirSync(join(root, 'etc')), ['motd'], 'no temporary file stays');
      assert.equal(existsSync(join(root, 'EFI')), false);
    });
    whileMounted(disk.partitions[0] ?? '', (boot) => assert.equal(readFileSync(join(boot, 'EFI/x'), 'utf8'), ''));
    assertNothingMounted(disk);
  });

  it('gives file and new directories what the request says', async () => {
    await using disk = await installedSystem();
    const owned = { mode: 0o4750, owner: 1000, group: 1001, dirmode: 0o711 };
    await inject(disk, { path: 'etc/a/b/c', content: text('x'), ...owned });
    whileMounted(rootOf(disk), (root) => {
      const { mode, uid, gid } = lstatSync(join(root, 'etc/a/b/c'));
      assert.deepEqual([mode & 0o7777, uid, gid], [0o4750, 1000, 1001]);
      for (const name of ['etc/a', 'etc/a/b']) assert.equal(lstatSync(join(root, name)).mode & 0o7777, 0o711);
      assert.equal(lstatSync(join(root, 'etc')).mode & 0o7777, 0o755, 'a directory that was there stays as it was');
    });
  });

  it('keeps owner and permissions of a file that it replaces', async () => {
    await using disk = await installedSystem();
    whileMounted(rootOf(disk), (root) => {
      writeFileSync(join(root, 'etc/shadow'), 'old');
      chmodSync(join(root, 'etc/shadow'), 0o640);
      chownSync(join(root, 'etc/shadow'), 0, 42);
    });
    await inject(disk, { path: '/etc/shadow', content: text('new') });
    whileMounted(rootOf(disk), (root) => {
      const { mode, gid } = lstatSync(join(root, 'etc/shadow'));
      assert.deepEqual([mode & 0o7777, gid, readFileSync(join(root, 'etc/shadow'), 'utf8')], [0o640, 42, 'new']);
    });
  });

  it('keeps the label of SELinux of a file that it replaces', async () => {
    await using disk = await installedSystem();
    await inject(disk, { path: '/etc/a', content: text('old') });
    const debugfs = (...request: readonly string[]): string =>
      execFileSync('debugfs', [...request, rootOf(disk)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    debugfs('-w', '-R', 'ea_set /etc/a security.selinux system_u:object_r:etc_t:s0');
    await inject(disk, { path: '/etc/a', content: text('new'), mode: 0o600 });
    assert.match(debugfs('-R', 'ea_get /etc/a security.selinux'), /system_u:object_r:etc_t:s0/);
    const read = (root: string) => [
      readFileSync(join(root, 'etc/a'), 'utf8'),
      lstatSync(join(root, 'etc/a')).mode & 0o7777,
    ];
    assert.deepEqual(whileMounted(rootOf(disk), read), ['new', 0o600]);
  });

  it('deletes files and links, and is content where there is none', async () => {
    await using disk = await installedSystem();
    whileMounted(rootOf(disk), (root) => {
      writeFileSync(join(root, 'etc/a'), 'x');
      symlinkSync('a', join(root, 'etc/link'));
      writeFileSync(join(root, 'etc/b'), 'x');
    });
    const gone = ['/etc/link', '/etc/b', '/etc/none', '/etc/no/such'].map((path) => ({ path, deleted: true }));
    await inject(disk, ...gone);
    whileMounted(rootOf(disk), (root) => assert.deepEqual(readdirSync(join(root, 'etc')), ['a']));
    const directory = start(disk, { files: [{ path: '/usr/lib', deleted: true }] }).done;
    await refused(directory, 'CommandExecutionError', /^\/usr\/lib: \/usr\/lib is there and is a directory/);
  });

  it('takes the files of the node first, so that those of the step have the last word', async () => {
    await using disk = await installedSystem();
    const node = {
      properties: {
        inject_files: [
          { path: '/etc/a', content: text('node') },
          { path: '/etc/b', content: text('node') },
        ],
      },
    };
    const { done } = start(disk, { files: [{ path: '/etc/a', content: text('step') }] }, { node });
    await done;
    whileMounted(rootOf(disk), (root) => {
      assert.deepEqual(
        ['a', 'b'].map((name) => readFileSync(join(root, 'etc', name), 'utf8')),
        ['step', 'node'],
      );
    });
  });

  it('can be done twice, also over what a killed run has left', async () => {
    await using disk = await installedSystem();
    const files = [
      { path: '/etc/a', content: text('x'), mode: 0o600 },
      { path: '/etc/b', deleted: true },
    ];
    await inject(disk, ...files);
    whileMounted(rootOf(disk), (root) => {
      const left = join(root, 'etc/.ironhand-ca978112ca1bbdca');
      writeFileSync(left, 'half a fi');
    });
    await inject(disk, ...files);
    whileMounted(rootOf(disk), (root) => {
      assert.deepEqual(readdirSync(join(root, 'etc')), ['a']);
      assert.equal(readFileSync(join(root, 'etc/a'), 'utf8'), 'x');
    });
  });

  it('is done again after its worker was killed with the file system mounted', async () => {
    await using disk = await installedSystem();
    const child = join(import.meta.dirname, '../support/inject-child.ts');
    const { signal } = spawnSync(process.execPath, [child, disk.path], { stdio: ['ignore', 'inherit', 'inherit'] });
    assert.equal(signal, 'SIGKILL');
    const files = ['/etc/a', '/etc/b'].map((path) => ({ path, content: text(path) }));
    await refused(start(disk, { files }).done, 'ProtectedDeviceError', /is mounted on/);
    await removeLeftovers(createStorageHost([disk.path]));
    assertNothingMounted(disk);
    whileMounted(rootOf(disk), (root) => assert.deepEqual(readdirSync(join(root, 'etc')), ['a']));
    await inject(disk, ...files);
    whileMounted(rootOf(disk), (root) => assert.deepEqual(readdirSync(join(root, 'etc')), ['a', 'b']));
  });

  it('fetches a content from an address that speaks of the node', async () => {
    await using disk = await installedSystem();
    await using server = await createImageServer();
    const content = Buffer.alloc(3 << 20, 'served');
    server.serve('/n/52:54:00:00:00:01', content, { status: 503, times: 1 });
    const files = [{ path: '/etc/a', content: `${server.origin}/{node[uuid]}/{ports[0][address]}?sig=hush` }];
    const { context, done } = start(disk, { files });
    await done;
    whileMounted(rootOf(disk), (root) => assert.ok(readFileSync(join(root, 'etc/a')).equals(content)));
    assert.doesNotMatch(JSON.stringify(context.entries), /hush|served/);
    const lost = start(disk, { files: [{ path: '/etc/b', content: `${server.origin}/none` }] }).done;
    await refused(lost, 'CommandExecutionError', /^\/etc\/b: .*404/);
    const local = start(disk, { files: [{ path: '/etc/b', content: 'file:///etc/shadow' }] }).done;
    await refused(local, 'CommandExecutionError', /^\/etc\/b: .*only http and https/);
    whileMounted(rootOf(disk), (root) => assert.deepEqual(readdirSync(join(root, 'etc')), ['a']));
  });

  it('tells what it did, and nothing of a content', async () => {
    await using disk = await installedSystem();
    const { entries, reports } = await inject(
      disk,
      { path: '/etc/a', content: text('canary'), mode: 0o600 },
      { path: '/etc/b', deleted: true },
    );
    const told = JSON.stringify(entries);
    assert.match(
      told,
      /"path":"\/etc\/a".*"bytes":6,"mode":"0o600","owner":0,"group":0,"message":"file injected and read back"/,
    );
    assert.match(told, /file deleted, and found gone/);
    assert.doesNotMatch(told, new RegExp(`canary|${text('canary')}`));
    assert.deepEqual(
      reports.map(({ done, total }) => [done, total]),
      [
        [0, 2],
        [1, 2],
        [2, 2],
      ],
    );
  });
});
