import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { directoryInside } from '../../../../src/image/inject-files/inside-root.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const temporary = temporaryDirectory();
after(() => temporary[Symbol.dispose]());
const root = join(temporary.path, 'root');
mkdirSync(join(root, 'usr/lib'), { recursive: true });
mkdirSync(join(temporary.path, 'outside'));
writeFileSync(join(root, 'usr/file'), '');
const links = {
  lib: 'usr/lib',
  absolute: '/usr/lib',
  up: '../../../../outside',
  home: '/..//./usr/./lib/',
  self: 'self',
  dangling: 'usr/none',
  crooked: 'none/../usr',
  'usr/absolute': '/usr/lib',
  'usr/back': '..',
  'usr/toFile': 'file',
};
for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));

async function find(path: string): Promise<string> {
  const { names, missing } = await directoryInside(root, path.split('/'));
  return [...names, ...missing.map((name) => `+${name}`)].join('/');
}

describe('a directory inside of a root', () => {
  const found: Readonly<Record<string, string>> = {
    'usr/lib': 'usr/lib',
    lib: 'usr/lib',
    absolute: 'usr/lib',
    'usr/absolute/x': 'usr/lib/+x',
    home: 'usr/lib',
    'usr/back/lib': 'usr/lib',
    'usr/back/usr/back': '',
    'usr/new/deeper': 'usr/+new/+deeper',
    'lib/new': 'usr/lib/+new',
    dangling: 'usr/+none',
    'dangling/x': 'usr/+none/+x',
    up: '+outside',
  };
  for (const [path, expected] of Object.entries(found)) {
    it(`is "${expected}" for ${path}`, async () => assert.equal(await find(path), expected));
  }

  const wrong: Readonly<Record<string, RegExp>> = {
    self: /\/self on its way is a link in a circle/,
    'usr/file': /\/usr\/file on its way is no directory/,
    'usr/toFile/x': /\/usr\/file on its way is no directory/,
    crooked: /leads to a directory that is not there/,
  };
  for (const [path, message] of Object.entries(wrong)) {
    it(`is none for ${path}`, async () => assert.rejects(find(path), message));
  }
});
