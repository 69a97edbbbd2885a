import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CertificateSigner, loadSigner } from '../../src/storage/erase/certificate/signer.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** PKCS #8 of an Ed25519 key but for its 32 bytes (RFC 8410, section 7). */
const pkcs8Head = '302e020100300506032b657004220420';
/** Section 7.1 of RFC 8032, test 1: a key that everybody has, so that golden files stay the same. */
const wellKnownSeed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';

export const wellKnownKey = createPrivateKey({
  key: Buffer.from(pkcs8Head + wellKnownSeed, 'hex'),
  format: 'der',
  type: 'pkcs8',
});

/** Writes a private key as it has to be, and its public half beside it. */
export function writeKeyPair(
  directory: string,
  { name = 'erase', key = generateKeyPairSync('ed25519').privateKey }: { name?: string; key?: KeyObject } = {},
): { readonly keyFile: string; readonly publicFile: string } {
  const keyFile = path.join(directory, `${name}.key`);
  const publicFile = path.join(directory, `${name}.pub`);
  writeFileSync(keyFile, key.export({ format: 'pem', type: 'pkcs8' }));
  chmodSync(keyFile, 0o400);
  writeFileSync(publicFile, createPublicKey(key).export({ format: 'pem', type: 'spki' }));
  return { keyFile, publicFile };
}

export interface TestSigner {
  readonly signer: CertificateSigner;
  readonly publicKey: KeyObject;
}

/** A signer with this key, loaded from a file as in real life. */
export function testSigner(key: KeyObject = generateKeyPairSync('ed25519').privateKey): TestSigner {
  using directory = temporaryDirectory();
  return { signer: loadSigner(writeKeyPair(directory.path, { key }).keyFile), publicKey: createPublicKey(key) };
}
