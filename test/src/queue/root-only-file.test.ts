import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { describe, it, mock, type TestContext } from 'node:test';
import { writeRootOnly } from '../../../src/queue/root-only-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const secret = 'hush'.repeat(100);

/** A file system that takes half of every text and is full then. */
function fullFileSystem(t: TestContext): void {
  const write = fs.writeFileSync;
  mock.method(fs, 'writeFileSync', (file: string, text: string, options: fs.WriteFileOptions) => {
    write(file, text.slice(0, text.length / 2), options);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  syncBuiltinESMExports();
  t.after(restore);
}

/** What is in each unfinished file at the moment of its removal. */
function removedTexts(t: TestContext): readonly string[] {
  const texts: string[] = [];
  const remove = fs.rmSync;
  mock.method(fs, 'rmSync', (file: string, options: fs.RmOptions) => {
    if (file.endsWith('.tmp')) texts.push(fs.readFileSync(file, 'utf8'));
    remove(file, options);
  });
  syncBuiltinESMExports();
  t.after(restore);
  return texts;
}

function restore(): void {
  mock.restoreAll();
  syncBuiltinESMExports();
}

describe('a file that only root can read', () => {
  it('is replaced at once, and nothing else is left', () => {
    using dir = temporaryDirectory();
    const file = path.join(dir.path, 'a.json');
    for (const text of ['one', 'two']) {
      writeRootOnly(file, text);
      assert.deepEqual([fs.readdirSync(dir.path), fs.readFileSync(file, 'utf8')], [['a.json'], text]);
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    }
  });

  it('leaves no part of the text behind on a full file system, and keeps the old text', (t) => {
    using dir = temporaryDirectory();
    const file = path.join(dir.path, 'a.json');
    writeRootOnly(file, 'old');
    const removed = removedTexts(t);
    fullFileSystem(t);
    assert.throws(() => writeRootOnly(file, secret), { code: 'ENOSPC' });
    assert.deepEqual([fs.readdirSync(dir.path), fs.readFileSync(file, 'utf8')], [['a.json'], 'old']);
    assert.deepEqual(removed, ['\0'.repeat(secret.length / 2)]);
  });

  it('leaves nothing of the text behind where its name is taken by a directory', (t) => {
    using dir = temporaryDirectory();
    const file = path.join(dir.path, 'a.json');
    fs.mkdirSync(file);
    const removed = removedTexts(t);
    assert.throws(() => writeRootOnly(file, secret), { code: 'EISDIR' });
    assert.deepEqual(fs.readdirSync(dir.path), ['a.json']);
    assert.deepEqual(removed, ['\0'.repeat(secret.length)]);
  });

  it('says what failed where not even its directory is there', () => {
    using dir = temporaryDirectory();
    assert.throws(() => writeRootOnly(path.join(dir.path, 'none/a.json'), secret), { code: 'ENOENT', syscall: 'open' });
  });
});
