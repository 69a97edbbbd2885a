import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { hasOwnNetworkNamespace, type ProcReader } from '../../../src/config/network-namespace.ts';

const kthreadd = '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0';
const shell = '2 (a) b) S 1 2 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0';

/** A /proc whose links are those; what is left out cannot be read. */
function proc({
  self,
  first,
  second,
  stat,
}: Partial<Record<'self' | 'first' | 'second' | 'stat', string>>): ProcReader {
  const links: Readonly<Record<string, string | undefined>> = { self, 1: first, 2: second };
  const found = (text: string | undefined): string => {
    if (text === undefined) throw new Error('EACCES');
    return text;
  };
  return { link: (file) => found(links[file.split('/')[2] ?? '']), text: () => found(stat) };
}

const cases = [
  ['the first process has another', { self: 'a', first: 'b' }, true],
  ['the first process has the same', { self: 'a', first: 'a' }, false],
  ['only kernel threads can be asked, and have another', { self: 'a', second: 'b', stat: kthreadd }, true],
  ['only kernel threads can be asked, and have the same', { self: 'a', second: 'a', stat: kthreadd }, false],
  [
    'a container has a first process of its own, but kernel threads have the same',
    { self: 'a', first: 'b', second: 'a', stat: kthreadd },
    false,
  ],
  ['the second process is no kernel thread', { self: 'a', second: 'b', stat: shell }, false],
  ['nothing can be asked', { self: 'a' }, false],
  ['it does not know its own', { first: 'b', second: 'b', stat: kthreadd }, false],
] as const;

describe('whether the network namespace is another than that of the machine', () => {
  for (const [when, links, expected] of cases) {
    it(`is answered with ${expected ? 'yes' : 'no'} where ${when}`, () => {
      assert.equal(hasOwnNetworkNamespace(proc(links)), expected);
    });
  }

  it('is seen on this machine, from inside and from outside', () => {
    const module = path.join(import.meta.dirname, '../../../src/config/network-namespace.ts');
    const script = `import(${JSON.stringify(module)}).then((m) => process.stdout.write(String(m.hasOwnNetworkNamespace())))`;
    assert.equal(execFileSync('unshare', ['--net', process.execPath, '--eval', script], { encoding: 'utf8' }), 'true');
    assert.equal(execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8' }), 'false');
  });
});
