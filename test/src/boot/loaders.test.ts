import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LoaderCsv } from '../../../src/boot/loader-csv.ts';
import { chooseLoaders, firmwarePath, isLoaderCsv } from '../../../src/boot/loaders.ts';

const none = new Map<string, LoaderCsv | null>();
const shim = { file: 'shimx64.efi', label: 'debian' };

suite('chooseLoaders', () => {
  test('takes the loader that a CSV names, beside the CSV, and nothing else', () => {
    const files = ['EFI/BOOT/BOOTX64.EFI', 'EFI/debian/BOOTX64.CSV', 'EFI/debian/shimx64.efi'];
    const { loaders, passedOver } = chooseLoaders(files, new Map([['EFI/debian/BOOTX64.CSV', shim]]), 'x64');
    assert.deepEqual(loaders, [{ path: '\\EFI\\debian\\shimx64.efi', label: 'debian' }]);
    assert.deepEqual(passedOver, []);
  });

  test('finds the loader of a CSV in any case, and keeps the spelling on the disk', () => {
    const files = ['EFI/Debian/boot.csv', 'EFI/Debian/SHIMX64.EFI'];
    const { loaders } = chooseLoaders(files, new Map([['EFI/Debian/boot.csv', shim]]), 'x64');
    assert.equal(loaders[0]?.path, '\\EFI\\Debian\\SHIMX64.EFI');
  });

  test('of several CSVs takes that of this architecture', () => {
    const csvs = new Map([
      ['EFI/debian/BOOTAA64.CSV', { file: 'shimaa64.efi', label: 'arm' }],
      ['EFI/debian/BOOTX64.CSV', shim],
    ]);
    const files = ['EFI/debian/shimaa64.efi', 'EFI/debian/shimx64.efi'];
    assert.equal(chooseLoaders(files, csvs, 'x64').loaders[0]?.label, 'debian');
    assert.equal(chooseLoaders(files, csvs, 'arm64').loaders[0]?.label, 'arm');
  });

  test('passes over a CSV whose loader is not there, and says so', () => {
    const csvs = new Map<string, LoaderCsv | null>([
      ['EFI/a/BOOT.CSV', shim],
      ['EFI/b/BOOT.CSV', null],
    ]);
    const { loaders, passedOver } = chooseLoaders(['EFI/BOOT/bootx64.efi'], csvs, 'x64');
    assert.deepEqual(loaders, [{ path: '\\EFI\\BOOT\\bootx64.efi', label: 'ironic1' }]);
    assert.deepEqual(passedOver, [
      { path: 'EFI/a/BOOT.CSV', reason: 'names shimx64.efi, which is not there' },
      { path: 'EFI/b/BOOT.CSV', reason: 'names no loader' },
    ]);
  });

  test('without a CSV takes every loader of a well-known name, this architecture first', () => {
    const files = ['EFI/BOOT/BOOTAA64.EFI', 'EFI/BOOT/BOOTX64.EFI', 'EFI/BOOT/mmx64.efi', 'EFI/x/WinLoad.EFI', 'a.txt'];
    assert.deepEqual(chooseLoaders(files, none, 'x64').loaders, [
      { path: '\\EFI\\BOOT\\BOOTX64.EFI', label: 'ironic1' },
      { path: '\\EFI\\BOOT\\BOOTAA64.EFI', label: 'ironic2' },
      { path: '\\EFI\\x\\WinLoad.EFI', label: 'ironic3' },
    ]);
  });

  test('a CSV without a label gets one', () => {
    const csvs = new Map([['BOOT.CSV', { file: 'a.efi', label: '' }]]);
    assert.deepEqual(chooseLoaders(['BOOT.CSV', 'a.efi'], csvs, 'x64').loaders, [
      { path: '\\a.efi', label: 'ironic1' },
    ]);
  });

  test('a CSV cannot lead out of the partition', () => {
    const csvs = new Map([['EFI/a/BOOT.CSV', { file: '..\\..\\..\\etc\\passwd', label: 'x' }]]);
    assert.deepEqual(chooseLoaders(['EFI/a/BOOT.CSV'], csvs, 'x64').loaders, []);
  });

  test('finds nothing on an empty partition', () => {
    assert.deepEqual(chooseLoaders([], none, 'x64'), { loaders: [], passedOver: [] });
  });
});

suite('names on the partition', () => {
  test('a CSV is known by its name in any case', () => {
    for (const path of ['BOOT.CSV', 'EFI/a/bootx64.csv', 'EFI/a/BootAA64.Csv']) assert.ok(isLoaderCsv(path), path);
    for (const path of ['EFI/BOOT.CSV/a', 'other.csv', 'BOOTX64.EFI']) assert.ok(!isLoaderCsv(path), path);
  });

  test('a path becomes the firmware’s', () => {
    assert.equal(firmwarePath('EFI/BOOT/BOOTX64.EFI'), '\\EFI\\BOOT\\BOOTX64.EFI');
  });
});
