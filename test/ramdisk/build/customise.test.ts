import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { noCustomisation } from '../../../ramdisk/build/customisation.ts';
import { customise } from '../../../ramdisk/build/customise.ts';
import { contentOf, type FileTree } from '../../../ramdisk/build/file-tree.ts';

let folder = '';
const authorities = Buffer.from('known');

function file(name: string, content: string, mode = 0o644): string {
  const place = path.join(folder, name);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, content, { mode });
  return place;
}

suite('customised ramdisk', () => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'customise-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('has nothing more where nothing is asked for', async () => {
    const tree: FileTree = new Map();
    await customise(tree, noCustomisation, authorities);
    assert.equal(tree.size, 0);
  });

  test('has the managers where the agent is told to look for them', async () => {
    const tree: FileTree = new Map();
    file('vendor/index.js', 'folder');
    const managers = [file('one.js', 'file'), path.join(folder, 'vendor')];
    await customise(tree, { ...noCustomisation, managers }, authorities);
    assert.equal(contentOf(tree, 'usr/lib/ironhand/managers/one.js').toString(), 'file');
    assert.equal(contentOf(tree, 'usr/lib/ironhand/managers/vendor/index.js').toString(), 'folder');
    assert.match(contentOf(tree, 'etc/ironhand.d/managers.conf').toString(), /= \/usr\/lib\/ironhand\/managers$/m);
  });

  test('trusts the added authorities besides the known ones', async () => {
    const tree: FileTree = new Map();
    await customise(tree, { ...noCustomisation, caCertificates: [file('ca.pem', 'added')] }, authorities);
    assert.equal(contentOf(tree, 'etc/ssl/certs/ca-certificates.crt').toString(), 'known\nadded');
    assert.match(contentOf(tree, 'etc/ironhand.d/authorities.conf').toString(), /^cafile = \/etc\/ssl/m);
  });

  test('lets in who has one of the keys, and keeps the file to root', async () => {
    const tree: FileTree = new Map();
    const sshKeys = [file('a.pub', 'ssh-ed25519 A'), file('b.pub', 'ssh-ed25519 B\n\n')];
    await customise(tree, { ...noCustomisation, sshKeys }, authorities);
    assert.equal(contentOf(tree, 'root/.ssh/authorized_keys').toString(), 'ssh-ed25519 A\nssh-ed25519 B\n');
    assert.deepEqual(
      [tree.get('root/.ssh'), tree.get('root/.ssh/authorized_keys')].map((each) => each && 'mode' in each && each.mode),
      [0o700, 0o600],
    );
  });

  test('lays folders over everything else, keeping only who may execute', async () => {
    const tree: FileTree = new Map();
    file('over/etc/motd', 'hello', 0o640);
    file('over/lib/firmware/own.bin', 'own');
    file('over/tmp/left-here', '');
    file('over/usr/local/bin/tool', 'tool', 0o700);
    await customise(tree, { ...noCustomisation, files: [path.join(folder, 'over')] }, authorities);
    assert.deepEqual(tree.get('etc/motd'), { kind: 'file', mode: 0o644, content: Buffer.from('hello') });
    assert.deepEqual(tree.get('tmp'), { kind: 'directory', mode: 0o1777 });
    assert.equal(tree.get('lib'), undefined, 'it would take the place of the link to usr/lib');
    assert.ok(tree.has('usr/lib/firmware/own.bin'));
    assert.deepEqual(tree.get('usr/local/bin/tool'), { kind: 'file', mode: 0o755, content: Buffer.from('tool') });
  });
});
