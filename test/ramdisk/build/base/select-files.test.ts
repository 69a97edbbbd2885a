import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { DebianPackage } from '../../../../ramdisk/build/base/debian-package.ts';
import { readElf } from '../../../../ramdisk/build/base/elf.ts';
import { selectFiles } from '../../../../ramdisk/build/base/select-files.ts';
import { problemsOf } from '../../../../ramdisk/build/base/verify-root.ts';
import { treeOf } from '../tree-of.ts';

/** A real program, whose loader and libraries the packages below have or have not. */
const program = readFileSync('/usr/bin/zstd');
const elf = readElf(program);
const loader = `usr${elf?.interpreter}`;
const libraries = Object.fromEntries(
  (elf?.libraries ?? []).map((name) => [`usr/lib/x86_64-linux-gnu/${name}`, 'text']),
);

function packageOf(name: string, files: Readonly<Record<string, string | Buffer>>): DebianPackage {
  return { name, version: '1', architecture: 'amd64', source: name, files: treeOf(files) };
}

function select(packages: readonly DebianPackage[], leftOut: readonly RegExp[] = []): readonly string[] {
  const selection = { whole: new Set(['wanted']), added: new Set(['added']), files: new Set<string>(), leftOut };
  const { tree, owners } = selectFiles(packages, selection);
  assert.ok([...owners.keys()].every((path) => tree.has(path)));
  return [...owners.keys()].filter((path) => owners.get(path) !== '').sort();
}

const runtime = packageOf('runtime', {
  [loader]: 'text',
  ...libraries,
  'usr/lib/x86_64-linux-gnu/libother.so.1': 'text',
});

suite('files of the ramdisk', () => {
  test('are those of the wanted packages, and the libraries that these load', () => {
    const kept = select([packageOf('wanted', { 'usr/bin/tool': program, 'usr/share/data': '1' }), runtime]);
    assert.deepEqual(kept, ['usr/bin/tool', 'usr/share/data', loader, ...Object.keys(libraries)].sort());
  });

  test('include what a wanted link points to, in whatever package, and no link to nothing', () => {
    const links = packageOf('wanted', { 'usr/bin/server': '-> ../lib/server/main', 'usr/bin/gone': '-> nothing' });
    const kept = select([links, packageOf('other', { 'usr/lib/server/main': 'text', 'usr/lib/server/more': 'text' })]);
    assert.deepEqual(kept, ['usr/bin/server', 'usr/lib/server/main']);
  });

  test('have no script whose interpreter nobody wanted', () => {
    const scripts = { 'usr/bin/a': '#!/usr/bin/perl -w\n', 'usr/bin/b': '#!/bin/sh\n', 'usr/bin/sh': 'text' };
    const kept = select([packageOf('wanted', scripts), packageOf('perl', { 'usr/bin/perl': 'text' })]);
    assert.deepEqual(kept, ['usr/bin/b', 'usr/bin/sh']);
  });

  test('are all of an added package but its documentation, whatever is left out of others', () => {
    const files = { 'usr/share/man/page': '1', 'usr/share/doc/a/b': '1', 'usr/lib/left/out': '1' };
    assert.deepEqual(select([packageOf('added', files)], [/^usr\/lib\/left/]), ['usr/lib/left/out']);
  });

  test('tell which program of an added package has no interpreter', () => {
    const scripts = { 'usr/bin/a': '#!/usr/bin/perl -w\n', 'usr/share/a/b': '#!/usr/bin/perl\n' };
    const packages = [packageOf('added', scripts), packageOf('perl', { 'usr/bin/perl': 'text' })];
    const selection = { whole: new Set<string>(), files: new Set<string>(), leftOut: [] };
    assert.deepEqual(
      [...selectFiles(packages, { ...selection, added: new Set(['added']) }).useless],
      [['usr/bin/a', 'usr/bin/perl']],
    );
    assert.equal(selectFiles(packages, { ...selection, added: new Set(['added', 'perl']) }).useless.size, 0);
  });

  test('have nothing that is left out, folders neither', () => {
    const files = { 'usr/share/man/page': '1', 'usr/bin/tool': '1' };
    const { tree } = selectFiles([packageOf('wanted', files)], {
      whole: new Set(['wanted']),
      added: new Set(),
      files: new Set(),
      leftOut: [/^usr\/share\/man\//],
    });
    assert.equal(tree.has('usr/share/man'), false);
    assert.equal(tree.has('usr/bin/tool'), true);
  });
});

suite('a root that is not complete', () => {
  const need = { program: 'zstd', package: 'zstd' };
  const machine = elf?.machine ?? 0;
  const whole = { 'usr/bin/zstd': program, [loader]: 'text', ...libraries };
  const root = (files: Readonly<Record<string, string | Buffer>>) =>
    treeOf({ ...files, lib: '-> usr/lib', lib64: '-> usr/lib64' });

  test('is told from one that is', () => assert.deepEqual(problemsOf(root(whole), [need], machine), []));

  test('names the program that is missing, and its package', () =>
    assert.deepEqual(problemsOf(root({}), [need], machine), [
      'zstd: expected it in /usr/sbin or /usr/bin from the package zstd, found none',
    ]));

  test('names the library that is missing, and who loads it', () => {
    const { 'usr/lib/x86_64-linux-gnu/libc.so.6': _, ...rest } = whole;
    assert.deepEqual(problemsOf(root(rest), [need], machine), ['/usr/bin/zstd: needs libc.so.6, which is not there']);
  });

  test('names a program of another processor', () =>
    assert.match(
      problemsOf(root(whole), [need], machine + 1)[0] ?? '',
      /zstd: expected a program of machine \d+, found one of \d+/,
    ));
});
