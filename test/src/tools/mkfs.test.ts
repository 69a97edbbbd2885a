import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RunTool, ToolCall } from '../../../src/core/tool.ts';
import { hasBtrfs, makeBtrfs } from '../../../src/tools/mkfs-btrfs.ts';
import { makeExt } from '../../../src/tools/mkfs-ext.ts';
import { fatArgs, makeFat } from '../../../src/tools/mkfs-vfat.ts';
import { hasXfs, makeXfs } from '../../../src/tools/mkfs-xfs.ts';
import { makeSwap } from '../../../src/tools/mkswap.ts';
import { bootContext } from '../boot/boot-context.ts';

const device = '/dev/vda3';
const MiB = 1024 * 1024;

const makers: readonly (readonly [string, (run: RunTool) => Promise<void>, string])[] = [
  ['ext3', (run) => makeExt(run, device, 'ext3', 'e'), `mke2fs -q -F -t ext3 -L e ${device}`],
  ['xfs', (run) => makeXfs(run, device, 'e'), `mkfs.xfs -q -f -L e ${device}`],
  ['btrfs', (run) => makeBtrfs(run, device, 'e'), `mkfs.btrfs -q -f -L e ${device}`],
  ['swap', (run) => makeSwap(run, device, 'e'), `mkswap --label e ${device}`],
  [
    'vfat',
    (run) => makeFat(run, device, 'e', { sizeBytes: 550 * MiB, sectorBytes: 4096 }),
    `mkfs.vfat -F 32 -n e ${device}`,
  ],
];

suite('making a file system', () => {
  for (const [name, make, command] of makers) {
    test(`of type ${name} names the device to the latch and to the program`, async () => {
      const calls: ToolCall[] = [];
      await make(async (call) => {
        calls.push(call);
        return { stdout: '', stderr: '', exitCode: 0 };
      });
      assert.deepEqual(
        calls.map(({ program, args }) => [program, ...args].join(' ')),
        [command],
      );
      assert.deepEqual(calls[0]?.effect, { kind: 'device', device });
    });

    test(`of type ${name} leaves alone outside a ramdisk what was not named`, async () => {
      await assert.rejects(make(bootContext().run), { name: 'SafetyLatchError' });
    });
  }

  test('takes FAT32 only where there are clusters enough', () => {
    const width = (sizeBytes: number, sectorBytes: number): string | undefined =>
      fatArgs(device, 'e', { sizeBytes, sectorBytes })[1];
    assert.equal(width(33 * MiB, 512), '32');
    assert.equal(width(260 * MiB, 4096), '32');
    assert.equal(width(259 * MiB, 4096), 'e', 'mkfs.vfat decides');
  });

  for (const [name, has] of [
    ['xfs', hasXfs],
    ['btrfs', hasBtrfs],
  ] as const) {
    test(`of type ${name} can be asked for before anything is touched`, async () => {
      const calls: ToolCall[] = [];
      const run: RunTool = async (call) => {
        calls.push(call);
        return { stdout: '', stderr: '', exitCode: 0 };
      };
      assert.equal(await has(run), true);
      assert.deepEqual(
        calls.map(({ effect }) => effect),
        [{ kind: 'read' }],
      );
    });
  }
});
