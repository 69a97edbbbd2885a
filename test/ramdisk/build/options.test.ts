import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { noCustomisation } from '../../../ramdisk/build/customisation.ts';
import { parseOptions, UsageError } from '../../../ramdisk/build/options.ts';
import { outputNames } from '../../../ramdisk/build/output/output-names.ts';

function refused(...args: string[]): string {
  try {
    parseOptions(args);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  throw new assert.AssertionError({ message: 'it was accepted' });
}

suite('command line of npm run ramdisk', () => {
  test('without options builds a release of everything', () => {
    const { request, checkReproducible, sizes } = parseOptions(['--arch', 'x86_64']);
    assert.deepEqual(
      [request.profile.name, request.compression, request.outputs],
      ['standard', 'zstd-19', outputNames],
    );
    assert.equal(request.out.endsWith(path.join('out', 'ramdisk', 'standard-x86_64')), true);
    assert.deepEqual([request.customisation, checkReproducible, sizes], [noCustomisation, false, false]);
  });

  test('--fast makes what a test boots, from whatever packages were fetched before', () => {
    const { request } = parseOptions(['--fast', '--profile', 'small', '--arch', 'aarch64', '--out', '/x']);
    assert.deepEqual(request.outputs, ['vmlinuz', 'initramfs']);
    assert.deepEqual([request.compression, request.out], ['zstd-1', '/x']);
    assert.equal(request.architecture.debian, 'arm64');
    assert.equal(request.youngerThanMs, Number.POSITIVE_INFINITY);
  });

  test('--only chooses the files', () =>
    assert.deepEqual(parseOptions(['--only', 'root.tar,vmlinuz']).request.outputs, ['root.tar', 'vmlinuz']));

  test('refuses what it does not know, and says what it knows', () => {
    assert.equal(refused('--profile', 'large'), '--profile: expected one of standard, small, got large');
    assert.equal(refused('--arch', 'toString'), '--arch: expected one of x86_64, aarch64, got toString');
    assert.equal(
      refused('--compression', 'zstd-22'),
      '--compression: expected none, or zstd-1 to zstd-19, got zstd-22',
    );
    assert.match(refused('--only', 'floppy'), /^--only: expected some of vmlinuz,initramfs,.*, got floppy$/);
    assert.match(refused('--unknown'), /--unknown/);
    assert.match(refused('--fast', '--record-sizes'), /^--record-sizes: expected manifest\.json among the outputs/);
  });
});
