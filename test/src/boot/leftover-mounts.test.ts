import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { findLeftovers, removeLeftovers } from '../../../src/boot/leftover-mounts.ts';
import { makeMountDirectory, makerOf, mountDirectoryPrefix } from '../../../src/boot/mount-directory.ts';
import { thisProcess } from '../../../src/queue/job-owner.ts';
import { bootContext } from './boot-context.ts';

const dead = { ...thisProcess(), pid: 7, startTime: '1' };
const isGone = ({ pid }: { pid: number }): boolean => pid === dead.pid;
const left = `${mountDirectoryPrefix(dead)}AbC_12`;
const busy = `${mountDirectoryPrefix(thisProcess())}AbC_12`;

/** One line as proc_pid_mountinfo(5) has it. */
const mounted = (device: string, at: string): string =>
  `41 29 8:1 / ${at} ro,nosuid,nodev,noexec,relatime shared:9 - vfat ${device} ro,fmask=0022\n`;

suite('mount directories', () => {
  test('tell which process made them', async () => {
    const directory = await makeMountDirectory();
    rmSync(directory, { recursive: true });
    assert.deepEqual(makerOf(directory), thisProcess());
    assert.deepEqual(makerOf(`/tmp/${left}`), dead);
    for (const name of ['ironhand-mount-AbC123', 'ironhand-mount-7.1.2-', `x${left}`, `${left}7`, '']) {
      assert.equal(makerOf(name), null, name);
    }
  });

  test('are leftovers when their maker is gone, with what is mounted there, topmost first', () => {
    const names = ['else', left, busy, 'ironhand-mount-AbC123'];
    const mountinfo = [
      mounted('/dev/vda2', '/'),
      mounted('/dev/vda1', `/tmp/${left}`),
      mounted('/dev/vdb1', `/tmp/${left}`),
      mounted('/dev/vdc1', `/tmp/${busy}`),
      mounted('/dev/vdd1', `/tmp/other/${left}`),
      mounted('/dev/vde1', `/tmp/${left}/deeper`),
    ].join('');
    const directory = `/tmp/${left}`;
    assert.deepEqual(findLeftovers('/tmp', names, mountinfo, isGone), [
      { directory, devices: ['/dev/vdb1', '/dev/vda1'] },
    ]);
    assert.deepEqual(findLeftovers('/tmp', names, mounted('/dev/vda2', '/'), isGone), [{ directory, devices: [] }]);
    assert.deepEqual(
      findLeftovers('/tmp', names, mountinfo, () => false),
      [],
    );
  });

  test('that are left over are unmounted, even when aborted, and removed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ironhand-test-'));
    const context = bootContext({ named: ['/dev/vda1'] });
    await removeLeftovers(context, () => [{ directory, devices: ['/dev/vda1'] }]);
    const effect = { kind: 'device', device: '/dev/vda1' };
    assert.deepEqual(context.calls, [{ program: 'umount', args: [directory], effect, evenWhenAborted: true }]);
    assert.ok(!existsSync(directory));
  });

  test('on a device that may not be touched stay, with a warning, and hinder no other', async () => {
    const directories = ['a', 'b'].map((name) => mkdtempSync(join(tmpdir(), `ironhand-test-${name}`)));
    const [first = '', second = ''] = directories;
    const context = bootContext({ named: ['/dev/vda1'] });
    await removeLeftovers(context, () => [
      { directory: first, devices: ['/dev/sda1'] },
      { directory: second, devices: [] },
    ]);
    assert.deepEqual(context.calls, []);
    assert.deepEqual([existsSync(first), existsSync(second)], [true, false]);
    rmSync(first, { recursive: true });
    assert.deepEqual(
      context.lines.map(({ level, fields }) => [level, fields['directory']]),
      [
        ['warn', first],
        ['info', second],
      ],
    );
  });

  test('that cannot be looked for are no reason not to start', async () => {
    const context = bootContext();
    const find = () => findLeftovers('/tmp', [left], 'no line of mountinfo', isGone);
    await removeLeftovers(context, find);
    assert.deepEqual(
      context.lines.map(({ level }) => level),
      ['warn'],
    );
  });
});
