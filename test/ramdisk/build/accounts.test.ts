import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { makeAccounts } from '../../../ramdisk/build/accounts.ts';

const passwd = 'root:*:0:0:root:/root:/bin/bash\n';
const group = 'root:*:0:\nadm:*:4:\n';

function lines(text: string): string[] {
  return text.trimEnd().split('\n');
}

suite('accounts of the ramdisk', () => {
  test('are the fixed ones of Debian, without a password', () => {
    const made = makeAccounts(passwd, group, []);
    assert.equal(made.passwd, 'root:x:0:0:root:/root:/bin/bash\n');
    assert.equal(made.group, 'root:x:0:\nadm:x:4:\n');
    assert.deepEqual(lines(made.shadow), ['root:*:1:0:99999:7:::']);
  });

  test('a declared user gets a group of its own name and the highest free number for both', () => {
    const made = makeAccounts(passwd, `${group}taken:*:999:\n`, ['u agent - "The, agent" /var/lib/agent\n']);
    assert.deepEqual(lines(made.passwd).slice(1), ['agent:x:998:998:The, agent:/var/lib/agent:/usr/sbin/nologin']);
    assert.deepEqual(lines(made.group).at(-1), 'agent:x:998:');
    assert.equal(lines(made.shadow).length, 2);
  });

  test('keeps numbers, groups and shells that are declared', () => {
    const text = '# a comment\nu! one 65 "" - /bin/sh\nu two 70:adm\ng three 80\n';
    const made = makeAccounts(passwd, group, [text]);
    assert.deepEqual(lines(made.passwd).slice(1), ['one:x:65:65::/:/bin/sh', 'two:x:70:4::/:/usr/sbin/nologin']);
    assert.deepEqual(lines(made.group).slice(2), ['three:x:80:', 'one:x:65:']);
  });

  test('puts a user into further groups once, wherever the user is declared', () => {
    const made = makeAccounts(passwd, group, ['m api adm\nm api adm\n', 'u api 90\n']);
    assert.equal(lines(made.group)[1], 'adm:x:4:api');
  });

  test('declares nothing twice', () => {
    const made = makeAccounts(passwd, group, ['u api 90\n', 'u api 91\nu root 5\n']);
    assert.deepEqual(lines(made.passwd), ['root:x:0:0:root:/root:/bin/bash', 'api:x:90:90::/:/usr/sbin/nologin']);
  });
});
