import assert from 'node:assert/strict';
import { existsSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { mountPartition } from '../../../src/boot/mounted-partition.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { bootContext } from './boot-context.ts';

const esp = { fileSystem: 'vfat', access: 'read-only' } as const;

suite('mountPartition', () => {
  test('mounts read-only in a directory of its own and takes both away at the end', async () => {
    const context = bootContext({ insideRamdisk: true });
    let directory = '';
    {
      await using mounted = await mountPartition(context, '/dev/vda1', esp);
      directory = mounted.directory;
      assert.equal(statSync(directory).mode & 0o777, 0o700);
    }
    const effect = { kind: 'device', device: '/dev/vda1' };
    const options = 'ro,noexec,nosuid,nodev';
    assert.deepEqual(context.calls, [
      { program: 'mount', args: ['-t', 'vfat', '-o', options, '/dev/vda1', directory], effect },
      { program: 'umount', args: [directory], effect, evenWhenAborted: true },
    ]);
    assert.ok(!existsSync(directory));
  });

  test('unmounts after an error too', async () => {
    const context = bootContext({ insideRamdisk: true });
    const work = async (): Promise<void> => {
      await using _mounted = await mountPartition(context, '/dev/vda1', esp);
      throw new Error('while mounted');
    };
    await assert.rejects(work(), /while mounted/);
    assert.equal(context.calls.at(-1)?.program, 'umount');
  });

  test('leaves no directory behind when the mounting fails', async () => {
    let directory = '';
    const context = bootContext({
      insideRamdisk: true,
      answer: ({ args }) => {
        directory = args.at(-1) ?? '';
        throw new Error('wrong fs type');
      },
    });
    await assert.rejects(mountPartition(context, '/dev/vda1', esp), /wrong fs type/);
    assert.ok(directory !== '' && !existsSync(directory));
  });

  test('unmounts what a mounting has mounted before it was killed, and fails with the error of the mounting', async () => {
    let directory = '';
    const context = bootContext({
      insideRamdisk: true,
      answer: ({ program, args }) => {
        directory = args.at(-1) ?? '';
        const mounted = join(directory, 'EFI');
        if (program === 'umount') return rmSync(mounted) ?? '';
        writeFileSync(mounted, ''); // stands in for what keeps rmdir from removing a mount point
        throw new Error('aborted');
      },
    });
    await assert.rejects(mountPartition(context, '/dev/vda1', esp), /^Error: aborted$/);
    assert.deepEqual(
      context.calls.map(({ program }) => program),
      ['mount', 'umount'],
    );
    assert.ok(directory !== '' && !existsSync(directory));
  });

  test('fails with the error of the mounting also where it cannot be undone', async () => {
    let directory = '';
    const context = bootContext({
      insideRamdisk: true,
      answer: ({ program, args }) => {
        directory = args.at(-1) ?? '';
        writeFileSync(join(directory, 'EFI'), '');
        throw new Error(`${program} failed`);
      },
    });
    await assert.rejects(mountPartition(context, '/dev/vda1', esp), /^Error: mount failed$/);
    assert.equal(context.lines.at(-1)?.message, 'a failed mount could not be undone');
    rmSync(directory, { recursive: true });
  });

  test('tries to unmount three times, then fails', async () => {
    const context = bootContext({
      insideRamdisk: true,
      answer: ({ program }) => {
        if (program === 'umount') throw new Error('target is busy');
        return '';
      },
    });
    const work = async (): Promise<void> => {
      await using _mounted = await mountPartition(context, '/dev/vda1', esp);
    };
    await assert.rejects(work(), /target is busy/);
    const unmounts = context.calls.filter(({ program }) => program === 'umount');
    assert.equal(unmounts.length, 3);
    rmdirSync(unmounts[0]?.args[0] ?? '');
  });

  test('a closed latch refuses before anything is mounted', async () => {
    const context = bootContext();
    await assert.rejects(mountPartition(context, '/dev/vda1', esp), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });
});
