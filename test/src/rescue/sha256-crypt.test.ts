import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { sha256Crypt } from '../../../src/rescue/sha256-crypt.ts';

/** openssl passwd(1) reads the password as one line. */
function byOpenssl(password: string, salt: string): string {
  const args = ['passwd', '-5', '-salt', salt, '-stdin'];
  return execFileSync('openssl', args, { input: `${password}\n`, encoding: 'utf8' }).trim();
}

describe('SHA-256 crypt', () => {
  it('is that of the specification, in its test vectors of 5000 rounds', () => {
    const vectors = [
      ['Hello world!', 'saltstring', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
      // There with rounds=5000 written out, which is the same.
      ['This is just a test', 'toolongsaltstring', '$5$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5'],
    ] as const;
    for (const [password, salt, expected] of vectors) assert.equal(sha256Crypt(password, salt), expected);
  });

  it('is what openssl makes of it, for passwords of every length up to three blocks, and of characters outside ASCII', () => {
    const lengths = [1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 97, 128, 192];
    const passwords = [...lengths.map((length) => randomBytes(length).toString('hex').slice(0, length)), 'pässwörd ☃'];
    for (const [index, password] of passwords.entries()) {
      const salt = 'aB3./zZ09xyQwErT'.slice(0, 1 + (index % 16));
      assert.equal(sha256Crypt(password, salt), byOpenssl(password, salt), `password of ${password.length} characters`);
    }
  });

  it('has another salt each time, which the check needs and finds in it', () => {
    const [one, other] = [sha256Crypt('secret'), sha256Crypt('secret')];
    assert.notEqual(one, other);
    const [, , salt = ''] = one.split('$');
    assert.match(salt, /^[./0-9A-Za-z]{16}$/);
    assert.equal(byOpenssl('secret', salt), one);
  });
});
