import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { rescuePasswordHash } from '../../../src/rescue/rescue-password.ts';

const byOpenssl = (kind: '-1' | '-5' | '-6'): string =>
  execFileSync('openssl', ['passwd', kind, '-stdin'], { input: 'canary-19\n', encoding: 'utf8' }).trim();

describe('a rescue password', () => {
  it('is taken as it is when it is a hash that a conductor makes', () => {
    for (const hash of [byOpenssl('-5'), byOpenssl('-6')]) assert.equal(rescuePasswordHash(hash, true), hash);
  });

  it('is taken in the other forms of crypt(5) that are safe', () => {
    const rest = 'a'.repeat(43);
    const forms = [
      `$y$j9T$salt$${rest}`,
      `$gy$j9T$salt$${rest}`,
      `$7$${'C'.repeat(20)}$${rest}`,
      `$2b$12$${'a'.repeat(53)}`,
    ];
    for (const hash of [...forms, `$5$rounds=10000$salt$${rest}`]) assert.equal(rescuePasswordHash(hash, true), hash);
  });

  it('is hashed when it is clear', () => {
    const hash = rescuePasswordHash('canary-19', false);
    const [, , salt = ''] = hash.split('$');
    const args = ['passwd', '-5', '-salt', salt, '-stdin'];
    assert.equal(execFileSync('openssl', args, { input: 'canary-19\n', encoding: 'utf8' }).trim(), hash);
  });

  const refused: readonly (readonly [string, string, boolean])[] = [
    ['clear text that is said to be hashed', 'canary-19', true],
    ['nothing that is said to be hashed', '', true],
    ['an entry more behind the hash', `${byOpenssl('-5')}\nroot::0:0:99999:7:::`, true],
    ['a line break behind the hash', `${byOpenssl('-5')}\n`, true],
    ['fields more behind the hash', `${byOpenssl('-5')}:0:0`, true],
    ['a hash that is cut off', byOpenssl('-5').slice(0, -1), true],
    ['MD5', byOpenssl('-1'), true],
    ['a locked account', '!', true],
    ['no password', '', false],
    ['a password longer than crypt(5) takes', 'canary-19'.repeat(60), false],
  ];
  for (const [what, password, hashed] of refused) {
    it(`is refused when it is ${what}, and not told in the error`, () => {
      assert.throws(
        () => rescuePasswordHash(password, hashed),
        (error: Error) => {
          assert.equal(error.name, 'InvalidCommandParamsError');
          return password === '' || !error.message.includes(password.slice(0, 9));
        },
      );
    });
  }
});
