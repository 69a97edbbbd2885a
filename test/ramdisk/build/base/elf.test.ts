import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { readElf } from '../../../../ramdisk/build/base/elf.ts';

/** What readelf(1) says, as somebody else's reading of the same file. */
function librariesByReadelf(file: string): string[] {
  const text = execFileSync('readelf', ['--dynamic', file], { encoding: 'utf8' });
  return [...text.matchAll(/\(NEEDED\)\s+Shared library: \[(.*)\]/g)].map(([, name = '']) => name);
}

suite('ELF files', () => {
  for (const file of ['/usr/bin/dpkg-deb', '/usr/bin/zstd', process.execPath]) {
    test(`the libraries of ${file} are those that readelf finds`, () => {
      const expected = librariesByReadelf(file);
      assert.ok(expected.length > 0);
      const elf = readElf(readFileSync(file));
      assert.deepEqual(elf?.libraries, expected);
      assert.match(elf?.interpreter ?? '', /^\/lib.*\/ld-linux/);
    });
  }

  test('a script, a short file and a 32-bit program are none', () => {
    const short = Buffer.from('\x7fELF');
    const narrow = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1]), Buffer.alloc(64)]);
    for (const file of [Buffer.from('#!/bin/sh\n'), short, narrow]) assert.equal(readElf(file), null);
  });
});
