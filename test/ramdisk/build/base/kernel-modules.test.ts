import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { addModules, kernelRelease } from '../../../../ramdisk/build/base/kernel-modules.ts';
import type { FileTree } from '../../../../ramdisk/build/file-tree.ts';
import { treeOf } from '../tree-of.ts';

const base = 'usr/lib/modules/6.1.0-test';

/** As much of a module as says what it depends on; no ELF, so depmod(8) finds no symbols in it. */
function moduleOf(depends: string): string {
  return `license=GPL\0depends=${depends}\0retpoline=Y\0`;
}

const kernel = treeOf({
  'boot/vmlinuz-6.1.0-test': 'kernel',
  [`${base}/modules.builtin`]: 'kernel/fs/built_in.ko\n',
  [`${base}/modules.builtin.modinfo`]: '',
  [`${base}/modules.order`]: '',
  [`${base}/kernel/drivers/scsi/sd_mod.ko`]: moduleOf('scsi-mod,built_in'),
  [`${base}/kernel/drivers/scsi/old/old.ko`]: moduleOf(''),
  [`${base}/kernel/lib/scsi_mod.ko`]: moduleOf('scsi_common'),
  [`${base}/kernel/lib/scsi_common.ko`]: moduleOf(''),
  [`${base}/kernel/drivers/net/dummy.ko`]: moduleOf(''),
  [`${base}/kernel/drivers/net/other.ko`]: moduleOf(''),
});

async function choose(
  wanted: readonly string[],
  without: readonly string[],
  added: readonly string[] = [],
): Promise<readonly string[]> {
  const tree: FileTree = new Map();
  await addModules(tree, kernel, { release: kernelRelease(kernel), wanted, added, without });
  assert.ok(tree.has(`${base}/modules.dep`) && tree.has(`${base}/modules.order`));
  return [...tree.keys()]
    .filter((name) => name.endsWith('.ko'))
    .map((name) => name.slice(`${base}/kernel/`.length))
    .sort();
}

suite('kernel modules of the ramdisk', () => {
  test('come with what they depend on, whatever its folder and its dashes', async () =>
    assert.deepEqual(await choose(['drivers/scsi'], ['drivers/scsi/old']), [
      'drivers/scsi/sd_mod.ko',
      'lib/scsi_common.ko',
      'lib/scsi_mod.ko',
    ]));

  test('may be named one by one', async () =>
    assert.deepEqual(await choose(['drivers/net/dummy'], []), ['drivers/net/dummy.ko']));

  test('that somebody adds are not left out, whether the folder is named or one in it', async () => {
    const usual = ['drivers/scsi/sd_mod.ko', 'lib/scsi_common.ko', 'lib/scsi_mod.ko'];
    for (const added of ['drivers/scsi/old', 'drivers/scsi/old/old', 'drivers'])
      assert.ok((await choose(['drivers/scsi'], ['drivers/scsi/old'], [added])).includes('drivers/scsi/old/old.ko'));
    assert.deepEqual(await choose(['drivers/scsi'], ['drivers/scsi/old'], ['fs/built_in']), usual);
  });

  test('that somebody adds have to be there', async () => {
    const expected = 'modules: expected folders or modules below kernel/ of Linux 6.1.0-test, got drivers/scsy';
    await assert.rejects(choose(['nowhere'], [], ['drivers/scsy']), { name: 'CustomisationError', message: expected });
  });

  test('that are left out come all the same where another one depends on them', async () =>
    assert.ok((await choose(['drivers/scsi', 'lib'], ['lib'])).includes('lib/scsi_mod.ko')));
});
