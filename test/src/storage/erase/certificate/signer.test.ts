import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { ConfigurationError } from '../../../../../src/errors/catalogue.ts';
import { makeCertificates } from '../../../../../src/storage/erase/certificate/make-certificates.ts';
import { loadSigner } from '../../../../../src/storage/erase/certificate/signer.ts';
import { failedDisk, purgedDisk, sampleErasure, samplePerformer } from '../../../../support/sample-erasure.ts';
import { wellKnownKey, writeKeyPair } from '../../../../support/signing-key.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';

const directory = temporaryDirectory();
after(() => directory[Symbol.dispose]());

function file(name: string, content: string | Buffer, mode = 0o600): string {
  const at = path.join(directory.path, name);
  writeFileSync(at, content);
  chmodSync(at, mode);
  return at;
}

const pkcs8 = { format: 'pem', type: 'pkcs8' } as const;
const good = String(generateKeyPairSync('ed25519').privateKey.export(pkcs8));

describe('loadSigner', () => {
  it('signs as RFC 8032, test 1, has it', () => {
    const { keyFile } = writeKeyPair(directory.path, { key: wellKnownKey });
    const signer = loadSigner(keyFile);
    const expected =
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b';
    assert.equal(Buffer.from(signer.sign(''), 'base64').toString('hex'), expected);
    const key = createPublicKey({ key: Buffer.from(signer.publicKey, 'base64'), format: 'der', type: 'spki' });
    assert.ok(verify(null, Buffer.from('größe'), key, Buffer.from(signer.sign('größe'), 'base64')));
  });

  it('takes modes that only root can read', () => {
    for (const mode of [0o400, 0o600]) assert.match(loadSigner(file('mode.key', good, mode)).keyId, /^[0-9a-f]{64}$/);
  });

  it('keeps the key from whoever prints the signer, and out of certificates', () => {
    const seed = createPrivateKey(good).export({ format: 'jwk' }).d ?? '';
    const signer = loadSigner(file('secret.key', good));
    const { host, disks } = makeCertificates(sampleErasure([purgedDisk(), failedDisk()]), signer, samplePerformer);
    const der = createPrivateKey(good).export({ format: 'der', type: 'pkcs8' });
    const told = inspect(signer, { depth: null, showHidden: true }) + JSON.stringify([signer, host, disks]);
    const bytes = Buffer.from(seed, 'base64url');
    for (const secret of [
      seed,
      bytes.toString('hex'),
      bytes.toString('base64'),
      der.toString('base64'),
      'PRIVATE KEY',
    ]) {
      assert.equal(told.includes(secret), false);
    }
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const x25519 = generateKeyPairSync('x25519').privateKey;
  const encrypted = createPrivateKey(good).export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'x' });
  for (const [what, make, message] of [
    ['is not there', () => path.join(directory.path, 'none'), /none: expected a private Ed25519 key.*found ENOENT/],
    ['others can read', () => file('open.key', good, 0o644), /expected a file of root.*found mode 0644 of user 0/],
    ['a group can read', () => file('group.key', good, 0o440), /found mode 0440 of user 0/],
    ['others can write', () => file('written.key', good, 0o602), /found mode 0602 of user 0/],
    [
      'is of somebody else',
      () => {
        const at = file('other.key', good);
        chownSync(at, 65_534, 65_534);
        return at;
      },
      /found mode 0600 of user 65534/,
    ],
    [
      'is a directory',
      () => {
        const at = path.join(directory.path, 'folder');
        mkdirSync(at, { recursive: true });
        return at;
      },
      /expected a file of root.*found something that is not a file/,
    ],
    ['is empty', () => file('empty.key', ''), /found 0 bytes that are not PEM/],
    ['is no PEM', () => file('bytes.key', Buffer.alloc(32, 7)), /found 32 bytes that are not PEM/],
    ['is huge', () => file('huge.key', `${good}${' '.repeat(20_000)}`), /found more than 16384 bytes/],
    [
      'is a public key',
      () => file('public.key', String(createPublicKey(good).export({ format: 'pem', type: 'spki' }))),
      /found "BEGIN PUBLIC KEY"/,
    ],
    ['is encrypted', () => file('encrypted.key', encrypted), /found "BEGIN ENCRYPTED PRIVATE KEY"/],
    ['is RSA', () => file('rsa.key', String(rsa.export(pkcs8))), /found a private key of type rsa/],
    [
      'is RSA in PKCS #1',
      () => file('pkcs1.key', String(rsa.export({ format: 'pem', type: 'pkcs1' }))),
      /found "BEGIN RSA PRIVATE KEY"/,
    ],
    ['is X25519', () => file('x25519.key', String(x25519.export(pkcs8))), /found a private key of type x25519/],
    ['is cut short', () => file('cut.key', good.replace(/.{20}\n-/, '\n-')), /found one that cannot be decoded/],
  ] as const) {
    it(`refuses a key that ${what}, and says so`, () => {
      assert.throws(
        () => loadSigner(make()),
        (error) => {
          assert.ok(error instanceof ConfigurationError);
          assert.match(error.message, /erase_certificate_key_file: \//);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
