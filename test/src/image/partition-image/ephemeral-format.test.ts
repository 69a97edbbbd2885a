import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RunTool } from '../../../../src/core/tool.ts';
import { ToolError } from '../../../../src/errors/tool-error.ts';
import { ephemeralMaker } from '../../../../src/image/partition-image/ephemeral-format.ts';
import { LayoutError } from '../../../../src/storage/partition/layout-error.ts';
import { makePartition } from '../../../support/make-block-device.ts';

const device = makePartition('/dev/vda', 2);

/** Runs nothing, and tells what it was to run. */
function recording(): { readonly run: RunTool; readonly commands: string[] } {
  const commands: string[] = [];
  const run: RunTool = async ({ program, args }) => {
    commands.push([program, ...args].join(' '));
    return { stdout: '', stderr: '', exitCode: 0 };
  };
  return { run, commands };
}

suite('the file system of the ephemeral partition', () => {
  for (const [wanted, command] of [
    [null, 'mke2fs -q -F -t ext4 -L ephemeral0 /dev/vda2'],
    ['ext3', 'mke2fs -q -F -t ext3 -L ephemeral0 /dev/vda2'],
    ['vfat', 'mkfs.vfat -F 32 -n ephemeral0 /dev/vda2'],
    ['xfs', 'mkfs.xfs -q -f -L ephemeral0 /dev/vda2'],
    ['btrfs', 'mkfs.btrfs -q -f -L ephemeral0 /dev/vda2'],
  ] as const) {
    test(`is made by its program (${wanted ?? 'none is wanted'})`, async () => {
      const { run, commands } = recording();
      const make = await ephemeralMaker(wanted, 1024, run);
      assert.ok(
        commands.every((line) => !line.includes('/dev/')),
        'nothing is made before it is to be',
      );
      await make(run, device);
      assert.equal(commands.at(-1), command);
    });
  }

  for (const [wanted, mib, message] of [
    ['ext5', 1024, /ext5 is not known/],
    ['constructor', 1024, /constructor is not known/],
    ['xfs', 299, /xfs needs 300 MiB, ephemeral_mb is 299/],
    ['btrfs', 108, /btrfs needs 109 MiB/],
  ] as const) {
    test(`is refused in time (${wanted}, ${mib} MiB)`, async () => {
      await assert.rejects(
        ephemeralMaker(wanted, mib, recording().run),
        (error) => error instanceof LayoutError && message.test(error.message),
      );
    });
  }

  test('is refused where its program is missing, but a program that fails is an error of its own', async () => {
    const failing = (exitCode: number | null, why: string): RunTool => {
      return async (call) => Promise.reject(new ToolError(call, { exitCode, why, stderrTail: '' }));
    };
    const missing = failing(null, 'mkfs.btrfs is not installed (looked in /sbin)');
    await assert.rejects(
      ephemeralMaker('btrfs', 1024, missing),
      /btrfs needs mkfs\.btrfs \(btrfs-progs\), which is not/,
    );
    await assert.rejects(ephemeralMaker('btrfs', 1024, failing(1, 'exit code 1')), ToolError);
  });
});
