import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIni } from '../../../src/config/ini.ts';

describe('parseIni', () => {
  it('reads sections, both signs of assignment and the line of each key', () => {
    assert.deepEqual(parseIni('[DEFAULT]\napi_url = http://a:6385/\n\n[mdns]\nuse_mdns:true\n'), [
      { section: 'DEFAULT', key: 'api_url', value: 'http://a:6385/', line: 2 },
      { section: 'mdns', key: 'use_mdns', value: 'true', line: 5 },
    ]);
  });

  it('joins indented lines to the value above', () => {
    assert.deepEqual(parseIni('[DEFAULT]\nlist = a,\n  b,\n\tc\nother = 1'), [
      { section: 'DEFAULT', key: 'list', value: 'a,\nb,\nc', line: 2 },
      { section: 'DEFAULT', key: 'other', value: '1', line: 5 },
    ]);
  });

  it('leaves out whole-line comments, also between continuation lines, and keeps # inside a value', () => {
    assert.deepEqual(parseIni('# a\n[DEFAULT]\n; b\nkey = x#y ; z\n# c\n  w\r\n'), [
      { section: 'DEFAULT', key: 'key', value: 'x#y ; z\nw', line: 4 },
    ]);
  });

  it('takes a dash in a key for an underscore and takes quotes off a value', () => {
    assert.deepEqual(parseIni('[DEFAULT]\nguard-special-filesystems = "false"\nq = \'\''), [
      { section: 'DEFAULT', key: 'guard_special_filesystems', value: 'false', line: 2 },
      { section: 'DEFAULT', key: 'q', value: '', line: 3 },
    ]);
  });

  for (const [text, line, message] of [
    ['key = 1', 1, /\[DEFAULT\] before the first key/],
    ['[DEFAULT]\njust words', 2, /expected key = value/],
    ['[DEFAULT]\n\n  lost', 3, /nothing to continue/],
    ['[DEFAULT\nkey = 1', 1, /expected \[section\]/],
    ['[DEFAULT]\n= 1', 2, /expected key = value/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} and names the line`, () => {
      assert.throws(() => parseIni(text), { name: 'IniSyntaxError', line, message });
    });
  }
});
