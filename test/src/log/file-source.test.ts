import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { directorySources } from '../../../src/log/file-source.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const membersOf = (directory: string) => directorySources(directory).map(({ member }) => member);

describe('the files of a log directory', () => {
  it('come from all its depths, those that changed last first', () => {
    using logs = temporaryDirectory();
    mkdirSync(path.join(logs.path, 'a/b'), { recursive: true });
    for (const [name, changed] of [
      ['old', 1],
      ['a/b/new', 3],
      ['a/middle', 2],
    ] as const) {
      const file = path.join(logs.path, name);
      writeFileSync(file, 'x');
      utimesSync(file, changed, changed);
    }
    assert.deepEqual(membersOf(logs.path), ['var-log/a/b/new', 'var-log/a/middle', 'var-log/old']);
  });

  it('are no links, nothing behind links to directories, and no pipes', () => {
    using logs = temporaryDirectory();
    using other = temporaryDirectory();
    writeFileSync(path.join(other.path, 'key'), 'secret');
    symlinkSync(other.path, path.join(logs.path, 'directory'));
    symlinkSync(path.join(other.path, 'key'), path.join(logs.path, 'file'));
    symlinkSync('.', path.join(logs.path, 'circle'));
    execFileSync('mkfifo', [path.join(logs.path, 'pipe')]);
    writeFileSync(path.join(logs.path, 'log'), 'x');
    assert.deepEqual(membersOf(logs.path), ['var-log/log']);
  });

  it('are none where the directory is not there', () => {
    assert.deepEqual(membersOf('/nonexistent/log'), []);
  });
});
