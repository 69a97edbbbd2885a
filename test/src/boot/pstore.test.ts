import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { clearPstore, findPstore, readPstoreFacts } from '../../../src/boot/pstore.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { bootContext } from './boot-context.ts';

/** /proc/mounts of a machine that has pstore there. */
function mountsWith(directory: string): string {
  return [
    'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
    `pstore ${directory.replaceAll(' ', '\\040')} pstore rw,nosuid,nodev,noexec,relatime 0 0`,
    'bpf /sys/fs/bpf bpf rw,nosuid,nodev,noexec,relatime,mode=700 0 0',
    '',
  ].join('\n');
}

function fill(directory: string): void {
  for (const name of ['dmesg-efi_pstore-1701', 'dmesg-efi_pstore-1702', 'console-ramoops-0']) {
    writeFileSync(path.join(directory, name), 'Panic#1 Part1');
  }
  mkdirSync(path.join(directory, 'deeper'));
  writeFileSync(path.join(directory, 'deeper', 'record'), 'x');
}

describe('pstore', () => {
  it('is found by its type, with blanks in its path', () => {
    assert.equal(findPstore(mountsWith('/sys/fs/pstore')), '/sys/fs/pstore');
    assert.equal(findPstore(mountsWith('/mnt/a b')), '/mnt/a b');
    assert.equal(findPstore('pstore /pstore tmpfs rw 0 0\ntmpfs /x/pstore tmpfs rw 0 0\n'), null);
    assert.equal(findPstore(''), null);
  });

  it('is empty afterwards, and everything beside it is left alone', async () => {
    using directory = temporaryDirectory();
    const pstore = path.join(directory.path, 'the store');
    mkdirSync(pstore);
    fill(pstore);
    writeFileSync(path.join(directory.path, 'beside'), '');
    const context = bootContext({ insideRamdisk: true });
    assert.equal(await clearPstore(context, { mounts: mountsWith(pstore), backend: 'efi_pstore' }), 4);
    assert.deepEqual(readdirSync(pstore), []);
    assert.deepEqual(readdirSync(directory.path).sort(), ['beside', 'the store']);
    assert.equal(await clearPstore(context, { mounts: mountsWith(pstore), backend: 'efi_pstore' }), 0);
  });

  it('is nothing to do where nothing keeps records', async () => {
    assert.equal(await clearPstore(bootContext({ insideRamdisk: true }), { mounts: '', backend: null }), 0);
  });

  it('that is not mounted although something keeps records is a failure', async () => {
    const context = bootContext({ insideRamdisk: true });
    await assert.rejects(clearPstore(context, { mounts: '', backend: 'efi_pstore' }), {
      name: 'PstoreError',
      message: 'efi_pstore keeps records of the kernel, but pstore is not mounted: nobody can see them',
    });
  });

  it('that has a record again after all were deleted is a failure', async () => {
    using directory = temporaryDirectory();
    fill(directory.path);
    const signal = {
      throwIfAborted: () => writeFileSync(path.join(directory.path, 'dmesg-efi_pstore-1703'), 'Panic#2 Part1'),
    } as AbortSignal;
    const context = { ...bootContext({ insideRamdisk: true }), signal };
    await assert.rejects(clearPstore(context, { mounts: mountsWith(directory.path), backend: 'efi_pstore' }), {
      message: /still has dmesg-efi_pstore-1703/,
    });
  });

  it('that cannot be read is a failure', async () => {
    const context = bootContext({ insideRamdisk: true });
    const gone = { mounts: mountsWith('/nowhere/pstore'), backend: 'erst' };
    await assert.rejects(clearPstore(context, gone), { name: 'PstoreError', message: /cannot read \/nowhere\/pstore/ });
  });

  it('is not touched outside a ramdisk, nor when the job is aborted', async () => {
    using directory = temporaryDirectory();
    fill(directory.path);
    const facts = { mounts: mountsWith(directory.path), backend: 'efi_pstore' };
    await assert.rejects(clearPstore(bootContext(), facts), SafetyLatchError);
    const signal = AbortSignal.abort(new Error('stop'));
    await assert.rejects(clearPstore({ ...bootContext({ insideRamdisk: true }), signal }, facts), /stop/);
    assert.equal(readdirSync(directory.path).length, 4);
  });

  it('is asked of the kernel of this machine', () => {
    const { mounts, backend } = readPstoreFacts();
    assert.match(mounts, / \/proc proc /);
    assert.ok(backend === null || backend.length > 0);
  });
});
