import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { loadersOn } from '../../../src/boot/esp-loaders.ts';
import { bootContext } from './boot-context.ts';

async function put(root: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const csv = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

suite('loadersOn', () => {
  test('reads the CSV of a distribution', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'ironhand-test-'));
    await put(root.path, {
      'EFI/debian/BOOTX64.CSV': csv('shimx64.efi,debian,,This is the boot entry for debian\n'),
      'EFI/debian/shimx64.efi': 'MZ',
      'EFI/BOOT/BOOTX64.EFI': 'MZ',
    });
    assert.deepEqual(await loadersOn(root.path, bootContext()), [
      { path: '\\EFI\\debian\\shimx64.efi', label: 'debian' },
    ]);
  });

  test('says in the log which CSV it could not use', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'ironhand-test-'));
    await put(root.path, { 'EFI/debian/BOOTX64.CSV': csv('gone.efi,debian'), 'EFI/BOOT/BOOTX64.EFI': 'MZ' });
    const context = bootContext();
    assert.equal((await loadersOn(root.path, context))[0]?.label, 'ironic1');
    const fields = { path: 'EFI/debian/BOOTX64.CSV', reason: 'names gone.efi, which is not there' };
    assert.deepEqual(context.lines, [{ level: 'warn', fields, message: 'boot loader description not used' }]);
  });

  test('takes no directory and no symbolic link for a loader', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'ironhand-test-'));
    await put(root.path, { 'EFI/bootx64.efi/readme': '' });
    await symlink('/etc/passwd', join(root.path, 'EFI/winload.efi'));
    assert.deepEqual(await loadersOn(root.path, bootContext()), []);
  });

  test('does not go deeper than any firmware would', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'ironhand-test-'));
    await put(root.path, { [`${'d/'.repeat(20)}bootx64.efi`]: 'MZ' });
    assert.deepEqual(await loadersOn(root.path, bootContext()), []);
  });
});
