import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileFromWire, wireFileSchema } from '../../../../src/image/inject-files/file-request.ts';

const content = 'eA==';

function complaint(file: object): string {
  return wireFileSchema.validate(file, { convert: false }).error?.message ?? 'none';
}

describe('a file to inject', () => {
  it('has every key of the contract', () => {
    const wire = { path: '/etc//a', partition: '2', content, mode: 0o600, dirmode: 0o700, owner: 1, group: 0 };
    assert.equal(complaint(wire), 'none');
    assert.deepEqual(fileFromWire(wire), {
      path: '/etc//a',
      names: ['etc', 'a'],
      partition: 2,
      content,
      mode: 0o600,
      directoryMode: 0o700,
      owner: 1,
      group: 0,
    });
  });

  it('takes null for left out, and an empty content for an empty file', () => {
    const wire = { path: 'etc/a', partition: null, content: '', deleted: null, mode: null, owner: null };
    assert.equal(complaint(wire), 'none');
    const { content: own, mode, partition, names } = fileFromWire(wire);
    assert.deepEqual([own, mode, partition, names], ['', null, null, ['etc', 'a']]);
    assert.equal(fileFromWire({ path: '/etc/a', deleted: true }).content, null);
    assert.equal(fileFromWire({ path: '/etc/a', content, deleted: false }).content, content);
  });

  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['without a path', { content }, /"path" is required/],
    ['with a key that nobody knows', { path: '/etc/a', content, contents: 'x' }, /"contents" is not allowed/],
    ['that climbs', { path: '/etc/../a', content }, /"path" must not contain "\." or "\.\."/],
    ['that climbs at its beginning', { path: '../etc/a', content }, /"path" must not contain/],
    ['that stays where it is', { path: '/etc/./a', content }, /"path" must not contain/],
    ['that ends with a slash', { path: '/etc/a/', content }, /"path" must name a file/],
    ['that is the top', { path: '/', content }, /"path" must name a file/],
    ['with a zero byte', { path: '/etc/a\0b', content }, /"path" must not contain a zero byte/],
    ['with a name that no file system has', { path: `/etc/${'ä'.repeat(128)}`, content }, /more than 255 bytes/],
    ['with a path that the kernel does not take', { path: '/etc/a'.repeat(700), content }, /longer than 4095 bytes/],
    ['at the top without a partition', { path: '/a', content }, /must have "partition"/],
    ['to write and to delete', { path: '/etc/a', content, deleted: true }, /both "content" and "deleted"/],
    ['neither to write nor to delete', { path: '/etc/a' }, /either "content" or "deleted"/],
    ['with an object as content', { path: '/etc/a', content: {} }, /"content" must be a string/],
    ['with a text as mode', { path: '/etc/a', content, mode: '0644' }, /"mode" must be a number/],
    ['with a mode that has too many bits', { path: '/etc/a', content, mode: 0o10000 }, /"mode" must be less than/],
    ['with half a mode', { path: '/etc/a', content, dirmode: 1.5 }, /"dirmode" must be an integer/],
    ['with a truth value as owner', { path: '/etc/a', content, owner: true }, /"owner" must be a number/],
    ['with a group that means "unchanged"', { path: '/etc/a', content, group: 2 ** 32 - 1 }, /"group" must be less/],
    ['with a negative group', { path: '/etc/a', content, group: -1 }, /"group" must be greater/],
    ['in partition 0', { path: '/etc/a', content, partition: 0 }, /"partition" must be greater/],
    ['in a partition by a relative path', { path: '/etc/a', content, partition: 'sda1' }, /"partition" .*\/dev path/],
    ['with a text for deleted', { path: '/etc/a', deleted: 'true' }, /"deleted" must be a boolean/],
  ];
  for (const [what, file, message] of wrong) {
    it(`is refused ${what}`, () => assert.match(complaint(file), message));
  }

  it('is refused without a word of its content', () => {
    const secret = 'canary';
    for (const [, file] of wrong) {
      const given = 'content' in file && typeof file.content === 'string' ? { ...file, content: secret } : file;
      assert.doesNotMatch(complaint(given), /canary/);
    }
  });
});
