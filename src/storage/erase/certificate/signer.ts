import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ConfigurationError } from '../../../errors/catalogue.ts';
import { errorText } from '../../../errors/guards.ts';

/** Signs certificates. The private key is nowhere in it that can be read, printed or turned into JSON. */
export interface CertificateSigner {
  /** SubjectPublicKeyInfo, DER in base64. */
  readonly publicKey: string;
  /** SHA-256 of that DER, in hex. */
  readonly keyId: string;
  /** Ed25519 over the UTF-8 of a text, in base64. */
  sign(text: string): string;
}

const expectedKey = 'a private Ed25519 key, not encrypted, in PEM (PKCS #8, "BEGIN PRIVATE KEY")';
const expectedFile = 'a file of root that nobody else can read or write (mode 0400 or 0600)';
const largestBytes = 16 * 1024;

/**
 * Reads the key that signs certificates (option erase_certificate_key_file). Throws ConfigurationError, which names the file,
 * what was expected and what was found, and nothing of its content, for a file that cannot be read or that others can read,
 * and for anything that is not a private Ed25519 key.
 */
export function loadSigner(keyFile: string): CertificateSigner {
  const pem = readKeyFile(keyFile);
  try {
    return signerOf(parseKey(keyFile, pem));
  } finally {
    pem.fill(0);
  }
}

/** SHA-256 of a public key in DER, in hex: the name of the key. */
export function keyIdOf(publicKeyDer: Uint8Array): string {
  return createHash('sha256').update(publicKeyDer).digest('hex');
}

function readKeyFile(keyFile: string): Buffer {
  let descriptor: number;
  try {
    // Not to be held up by a pipe.
    descriptor = openSync(keyFile, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unusable(keyFile, expectedKey, errorText(error), error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw unusable(keyFile, expectedFile, 'something that is not a file');
    if (stat.uid !== 0 || (stat.mode & 0o077) !== 0) {
      const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
      throw unusable(keyFile, expectedFile, `mode ${mode} of user ${stat.uid}`);
    }
    const buffer = Buffer.alloc(largestBytes + 1);
    const length = readSync(descriptor, buffer, 0, buffer.length, 0);
    if (length <= largestBytes) return buffer.subarray(0, length);
    buffer.fill(0);
    throw unusable(keyFile, expectedKey, `more than ${largestBytes} bytes`);
  } finally {
    closeSync(descriptor);
  }
}

function parseKey(keyFile: string, pem: Buffer): KeyObject {
  const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem.toString('latin1'))?.[1] ?? null;
  if (label !== 'PRIVATE KEY') {
    throw unusable(keyFile, expectedKey, label === null ? `${pem.length} bytes that are not PEM` : `"BEGIN ${label}"`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem' });
  } catch (error) {
    throw unusable(keyFile, expectedKey, `one that cannot be decoded (${errorText(error)})`, error);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw unusable(keyFile, expectedKey, `a private key of type ${key.asymmetricKeyType}`);
}

function signerOf(key: KeyObject): CertificateSigner {
  const publicKey = createPublicKey(key);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const signText = (text: string): Buffer => sign(null, Buffer.from(text, 'utf8'), key);
  const probe = 'a signature before anything is erased';
  if (!verify(null, Buffer.from(probe), publicKey, signText(probe))) throw new Error('this key does not sign');
  return {
    publicKey: der.toString('base64'),
    keyId: keyIdOf(der),
    sign: (text) => signText(text).toString('base64'),
  };
}

function unusable(keyFile: string, expected: string, found: string, cause?: unknown): Error {
  const options = cause === undefined ? undefined : { cause };
  return new ConfigurationError(
    `erase_certificate_key_file: ${keyFile}: expected ${expected}, found ${found}`,
    options,
  );
}
