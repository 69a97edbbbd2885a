import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkFile } from '../../../../src/image/inject-files/check-file.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const state = { bytes: Buffer.from('hello'), mode: 0o640, owner: 0, group: 0 };
type State = typeof state;

/** Checks the file `a` of a directory that `make` has filled. */
async function check(make: (path: string) => void, expected: State | null, keepsOwners = true): Promise<void> {
  using directory = temporaryDirectory();
  make(join(directory.path, 'a'));
  await checkFile(directory.path, { names: ['a'], replaced: 'nothing', state: expected }, keepsOwners);
}

const good = (path: string): void => {
  writeFileSync(path, 'hello');
  chmodSync(path, 0o640);
};

describe('reading a file back', () => {
  it('finds nothing where all is as it should be', async () => {
    await check(good, state);
    await check(() => undefined, null);
  });

  const wrong: readonly (readonly [string, (path: string) => void, State | null, RegExp])[] = [
    ['a file that should be gone', good, null, /it is still there/],
    ['a file that is missing', () => undefined, state, /no regular file/],
    ['a directory', (path) => mkdirSync(path), state, /no regular file/],
    ['a link', (path) => symlinkSync('/etc/hostname', path), state, /no regular file/],
    ['another content of the same length', good, { ...state, bytes: Buffer.from('hellO') }, /its content is not/],
    ['a shorter content', good, { ...state, bytes: Buffer.from('hello!') }, /its content is not/],
    ['other permissions', good, { ...state, mode: 0o600 }, /its mode is 416 and should be 384/],
    ['another owner', good, { ...state, owner: 7 }, /its owner is 0 and should be 7/],
    ['another group', good, { ...state, group: 7 }, /its group is 0 and should be 7/],
  ];
  for (const [what, make, expected, message] of wrong) {
    it(`finds ${what}`, async () => assert.rejects(check(make, expected), message));
  }

  it('does not ask for owners and permissions where there are none', async () => {
    await check(good, { ...state, mode: 0o600, owner: 7 }, false);
  });
});
