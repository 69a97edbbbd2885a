import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findFooter, footerBytes, refuseFooter } from '../../../../src/image/format/footer.ts';
import { type Inspection, inspectImage } from '../../../../src/image/format/inspect-image.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const ask = (diskFormat: string | null): Inspection => ({
  imageId: 'i',
  diskFormat,
  permitted: ['raw', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'],
  deep: true,
});

const firstBytes = 4 << 20;

/** qemu-img measures the processor for LUKS, and gives up (one time in five here) where the clock of its thread jumps. */
const measuringFailed = 'Unable to get accurate CPU usage';

function createImage(dir: string, driver: string, options: readonly string[]): Buffer {
  const file = path.join(dir, 'image');
  for (let left = 30; ; left--) {
    const made = spawnSync('qemu-img', ['create', '-q', '-f', driver, ...options, file, '20M'], { encoding: 'utf8' });
    if (made.status === 0) return readFileSync(file);
    if (left === 0 || !made.stderr.includes(measuringFailed)) throw new Error(`qemu-img create: ${made.stderr}`);
  }
}

for (const [driver, options, format] of [
  ['raw', '', 'raw'],
  ['qcow2', 'compat=0.10', 'qcow2'],
  ['qcow2', 'compat=1.1', 'qcow2'],
  ['qcow2', 'cluster_size=512', 'qcow2'],
  ['vmdk', 'subformat=monolithicSparse', 'vmdk'],
  ['vmdk', 'subformat=streamOptimized', 'vmdk'],
  ['vpc', 'subformat=dynamic', 'vhd'],
  ['vhdx', 'subformat=dynamic', 'vhdx'],
  ['vhdx', 'subformat=fixed', 'vhdx'],
  ['vdi', 'static=off', 'vdi'],
  ['vdi', 'static=on', 'vdi'],
] as const) {
  test(`knows what qemu-img creates as ${driver} ${options}`, () => {
    using dir = temporaryDirectory();
    const image = createImage(dir.path, driver, options === '' ? [] : ['-o', options]);
    for (const said of [null, format]) {
      assert.deepEqual(inspectImage(image.subarray(0, firstBytes), ask(said)), { kind: 'disk', format });
    }
  });
}

for (const [driver, options, name] of [
  ['qcow', [], 'qcow of version 1'],
  [
    'qcow2',
    ['--object', 'secret,id=s,data=x', '-o', 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10'],
    null,
  ],
  ['qed', [], 'qed'],
  ['parallels', [], 'parallels'],
  ['luks', ['--object', 'secret,id=s,data=x', '-o', 'key-secret=s,iter-time=10'], 'luks'],
  ['vmdk', ['-o', 'subformat=monolithicFlat'], 'vmdk descriptor'],
  ['vmdk', ['-o', 'subformat=twoGbMaxExtentFlat'], 'vmdk descriptor'],
  ['vmdk', ['-o', 'subformat=twoGbMaxExtentSparse'], 'vmdk descriptor'],
] as const) {
  test(`knows what qemu-img creates as ${driver} ${options.at(-1) ?? ''}`, () => {
    using dir = temporaryDirectory();
    const first = createImage(dir.path, driver, options).subarray(0, firstBytes);
    // Encryption is inside qcow2: its decoder refuses it.
    if (name === null) assert.deepEqual(inspectImage(first, ask('qcow2')), { kind: 'disk', format: 'qcow2' });
    else assert.throws(() => inspectImage(first, ask(null)), new RegExp(`is ${name}, which cannot be written`));
  });
}

for (const [program, ...args] of [
  ['mkfs.vfat', '-F', '32'],
  ['mkfs.vfat', '-F', '16', '-n', 'QED'],
  ['mke2fs', '-q', '-t', 'ext4'],
  ['mkswap'],
] as const) {
  test(`takes what ${program} ${args.join(' ')} makes for raw`, () => {
    using dir = temporaryDirectory();
    const file = path.join(dir.path, 'image');
    writeFileSync(file, '');
    truncateSync(file, 64 << 20);
    execFileSync(program, [...args, file], { stdio: 'ignore' });
    const image = readFileSync(file);
    assert.deepEqual(inspectImage(image.subarray(0, firstBytes), ask(null)), { kind: 'disk', format: 'raw' });
    refuseFooter(image.subarray(-footerBytes), 'i');
  });
}

test('knows a VHD of fixed size by its end', () => {
  using dir = temporaryDirectory();
  const image = createImage(dir.path, 'vpc', ['-o', 'subformat=fixed']);
  assert.deepEqual(inspectImage(image.subarray(0, firstBytes), ask('raw')), { kind: 'disk', format: 'raw' });
  assert.throws(
    () => refuseFooter(image.subarray(-4096), 'i'),
    /image i begins like raw and ends with a footer of vhd;/,
  );
  assert.equal(findFooter(image), 'vhd');
  // Of old, footers had a byte less.
  assert.equal(findFooter(image.subarray(0, -1)), 'vhd');
});

test('knows other footers, and lets other ends pass', () => {
  const end = (magic: string, fromEnd: number): Buffer => {
    const bytes = Buffer.alloc(2048);
    bytes.write(magic, bytes.length - fromEnd, 'latin1');
    return bytes;
  };
  assert.equal(findFooter(end('KDMV', 1024)), 'vmdk');
  assert.equal(findFooter(end('koly', 512)), 'dmg');
  for (const last of [end('conectix', 513), end('KDMV', 512), end('EFI PART', 512), Buffer.alloc(0), Buffer.alloc(3)]) {
    assert.equal(findFooter(last), null);
    refuseFooter(last, 'i');
  }
});
