import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SafetyLatchError } from '../../src/errors/catalogue.ts';
import { injectFilesStep } from '../../src/steps/inject-files.ts';
import { createImageServer } from '../support/image-server.ts';
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
import { createJobContext } from '../support/job-context.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { makeTestCertificate } from '../support/test-certificate.ts';

const good = { path: '/etc/good', content: '' };

describe('inject_files refuses', () => {
  it('everything where one content cannot be had, before anything is mounted', async () => {
    await using disk = await installedSystem();
    const wrong: readonly (readonly [string, string, RegExp])[] = [
      ['canary!', 'InvalidCommandParamsError', /^\/etc\/bad: its content is neither well-formed base64/],
      ['http://h/{node[canary]}', 'InvalidCommandParamsError', /found nothing/],
      ['http://127.0.0.1:1/x', 'CommandExecutionError', /^\/etc\/bad: .*connection refused/],
    ];
    for (const [content, type, message] of wrong) {
      const { context, done } = start(disk, { files: [good, { path: '/etc/bad', content }] });
      await refused(done, type, message);
      assert.doesNotMatch(JSON.stringify(context.entries), /"program":"mount"|canary/);
    }
    whileMounted(rootOf(disk), (root) => assert.deepEqual(readdirSync(join(root, 'etc')), []));
  });

  it('a directory that no partition has, and says of each why', async () => {
    await using disk = await createInstalledDisk([
      { type: 'ext4', sizeMib: 8 },
      { type: 'ext4', sizeMib: 8 },
    ]);
    execFileSync('wipefs', ['--all', disk.partitions[1] ?? ''], { stdio: 'ignore' });
    const options =
      'devices { use_devicesfile=0 } backup { backup=0 archive=0 } activation { udev_sync=0 udev_rules=0 }';
    execFileSync('pvcreate', ['--yes', '--config', options, disk.partitions[1] ?? ''], { stdio: 'ignore' });
    const [one, two] = disk.partitions;
    const reasons = `${one} (ext4): it has no such directory; ${two} (LVM2_member): logical volumes are not searched`;
    const message = new RegExp(`^/etc/good: no partition has the directory /etc: ${reasons.replace(/[()]/g, '\\$&')}$`);
    await refused(start(disk, { files: [good] }).done, 'DeviceNotFound', message);
    const onVolume = start(disk, { files: [{ ...good, partition: 2 }] }).done;
    await refused(onVolume, 'DeviceNotFound', /its partition cannot be used: .*LVM2_member/);
    assertNothingMounted(disk);
  });

  it('a blank disk', async () => {
    await using loop = await createLoopDevice({ sizeBytes: 4 << 20 });
    const disk = { ...loop, partitions: [] };
    const done = start(disk, { files: [good] }).done;
    await refused(done, 'DeviceNotFound', /has neither partitions nor a file system: partx .* failed to read/);
  });

  it('a partition that is mounted elsewhere, and not one beside it', async () => {
    await using disk = await installedSystem();
    const elsewhere = mkdtempSync(join(tmpdir(), 'ih-elsewhere-'));
    execFileSync('mount', [rootOf(disk), elsewhere]);
    try {
      const done = start(disk, { files: [good] }).done;
      await refused(done, 'ProtectedDeviceError', new RegExp(`${rootOf(disk)} is mounted on ${elsewhere}`));
      await inject(disk, { path: '/EFI/x', partition: 1, content: '' });
      assert.deepEqual(readdirSync(join(elsewhere, 'etc')), []);
    } finally {
      execFileSync('umount', [elsewhere]);
      rmdirSync(elsewhere);
    }
  });

  it('a disk on the skip list', async () => {
    await using disk = await installedSystem();
    const node = { properties: { skip_block_devices: [{ name: disk.path }] } };
    await refused(
      start(disk, { files: [{ ...good, partition: rootOf(disk) }] }, { node }).done,
      'ProtectedDeviceError',
      /skip list/,
    );
    await refused(start(disk, { files: [good] }, { node }).done, 'DeviceNotFound', /skip list/);
  });

  it('a device that is not named, by the latch as well as by the list', async () => {
    await using disk = await installedSystem();
    await using other = await createLoopDevice({ sizeBytes: 4 << 20 });
    const { value } = injectFilesStep.args.validate({ files: [{ ...good, partition: rootOf(disk) }] });
    const context = createJobContext({ devices: [other.path] });
    const step = { ...context, node: { uuid: 'n' }, ports: [] };
    await refused(injectFilesStep.run(value, step), 'DeviceNotFound', /none of the devices that the agent works on/);
    const seen = createJobContext({ devices: [disk.path] });
    await assert.rejects(injectFilesStep.run(value, { ...step, managers: seen.managers }), SafetyLatchError);
    assertNothingMounted(disk);
  });

  it('a file that does not fit, keeps the old one, and unmounts', async () => {
    await using disk = await installedSystem();
    await inject(disk, { path: '/etc/a', content: text('old') });
    const content = Buffer.alloc(20 << 20).toString('base64');
    await refused(
      start(disk, { files: [{ path: '/etc/a', content }] }).done,
      'CommandExecutionError',
      /^\/etc\/a: ENOSPC/,
    );
    assertNothingMounted(disk);
    whileMounted(rootOf(disk), (root) => {
      assert.deepEqual(readdirSync(join(root, 'etc')), ['a']);
      assert.equal(execFileSync('cat', [join(root, 'etc/a')], { encoding: 'utf8' }), 'old');
    });
  });

  it('certificates that verify_ca does not vouch for', async () => {
    await using disk = await installedSystem();
    const certificate = makeTestCertificate();
    await using server = await createImageServer(certificate);
    const files = [{ path: '/etc/a', content: server.serve('/a', Buffer.from('x')) }];
    try {
      await refused(start(disk, { files }).done, 'CommandExecutionError', /self-signed certificate/);
      await refused(start(disk, { files, verify_ca: true }).done, 'CommandExecutionError', /self-signed certificate/);
      await refused(
        start(disk, { files, verify_ca: '/none.pem' }).done,
        'CommandExecutionError',
        /cannot read a certificate/,
      );
      assert.equal(server.seen.length, 0);
      await start(disk, { files, verify_ca: certificate.certFile }).done;
      await start(disk, { files, verify_ca: false }).done;
      assert.equal(server.seen.length, 2);
    } finally {
      certificate.remove();
    }
  });

  it('to go on when the job is aborted, and unmounts', async () => {
    await using disk = await installedSystem();
    const controller = new AbortController();
    const change = () => ({
      signal: controller.signal,
      report: ({ done }: { readonly done: number }): void => {
        if (done === 0) controller.abort(new Error('enough'));
      },
    });
    await assert.rejects(
      start(disk, { files: [good, { path: '/etc/later', content: '' }] }, { change }).done,
      /enough/,
    );
    assertNothingMounted(disk);
    whileMounted(rootOf(disk), (root) => assert.equal(existsSync(join(root, 'etc/later')), false));
  });
});
