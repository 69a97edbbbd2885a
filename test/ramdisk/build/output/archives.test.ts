import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { readTar } from '../../../../ramdisk/build/base/read-tar.ts';
import { type FileTree, putFile, putLink } from '../../../../ramdisk/build/file-tree.ts';
import { cpioArchive } from '../../../../ramdisk/build/output/cpio.ts';
import { readCpio } from '../../../../ramdisk/build/output/read-cpio.ts';
import { tarArchive } from '../../../../ramdisk/build/output/write-tar.ts';

const longName = `etc/${'a-long-folder/'.repeat(12)}file`;

function sample(): FileTree {
  const tree: FileTree = new Map();
  putFile(tree, 'usr/bin/tool', '#!/bin/sh\n', 0o4755);
  putFile(tree, 'etc/empty', '');
  putFile(tree, longName, Buffer.from([0, 1, 2, 255]), 0o600);
  putLink(tree, 'init', 'usr/bin/tool');
  putLink(tree, 'far', `/${longName}`);
  tree.set('tmp', { kind: 'directory', mode: 0o1777 });
  return tree;
}

function sorted(tree: FileTree): FileTree {
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What other people's programs make of an archive. */
function unpack(program: string, args: readonly string[], archive: Buffer, look: (folder: string) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'archives-'));
  try {
    execFileSync(program, args, { cwd: folder, input: archive, stdio: ['pipe', 'ignore', 'pipe'] });
    look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function looksLikeTheSample(folder: string): void {
  const at = (name: string): string => path.join(folder, name);
  assert.equal(lstatSync(at('usr/bin/tool')).mode & 0o7777, 0o4755);
  assert.equal(lstatSync(at('tmp')).mode & 0o7777, 0o1777);
  assert.equal(readlinkSync(at('init')), 'usr/bin/tool');
  assert.equal(readlinkSync(at('far')), `/${longName}`);
  assert.deepEqual(readFileSync(at(longName)), Buffer.from([0, 1, 2, 255]));
  assert.equal(lstatSync(at('etc/empty')).mtimeMs, 0);
}

suite('archives of a tree', () => {
  test('a cpio archive is read back as the same tree', () => {
    const tree: FileTree = new Map();
    readCpio(Buffer.concat([...cpioArchive(sample())]), tree);
    assert.deepEqual(tree, sorted(sample()));
  });

  test('a tar archive is read back as the same tree', () => {
    const tree: FileTree = new Map();
    readTar(Buffer.concat([...tarArchive(sample())]), tree);
    assert.deepEqual(tree, sorted(sample()));
  });

  test('cpio(1) unpacks it as it was meant', () =>
    unpack('cpio', ['-idm', '--quiet'], Buffer.concat([...cpioArchive(sample())]), looksLikeTheSample));

  test('tar(1) unpacks it as it was meant', () =>
    unpack('tar', ['-xpf', '-'], Buffer.concat([...tarArchive(sample())]), looksLikeTheSample));

  test('the order in which files were added does not show', () => {
    const reversed: FileTree = new Map([...sample()].reverse());
    assert.deepEqual(Buffer.concat([...cpioArchive(reversed)]), Buffer.concat([...cpioArchive(sample())]));
    assert.deepEqual(Buffer.concat([...tarArchive(reversed)]), Buffer.concat([...tarArchive(sample())]));
  });
});
