import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { canonicalJson, type Json } from '../../../core/canonical-json.ts';
import { errorText } from '../../../errors/guards.ts';
import type { CertificateBody } from './certificate-body.ts';
import { envelopeFault } from './certificate-schema.ts';
import { bodyText, type CertificateSignature, type Envelope } from './envelope.ts';
import { keyIdOf } from './signer.ts';

/** What can be said of a file that claims to be a certificate. */
export type Verification =
  /** It is none, or not as it was issued. */
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'unsigned'; readonly certificate: CertificateBody; readonly why: string }
  /** `trust`: whether the key is the one that was given; `unknown` where none was. */
  | {
      readonly kind: 'signed';
      readonly certificate: CertificateBody;
      readonly keyId: string;
      readonly trust: 'trusted' | 'other-key' | 'unknown';
    };

/** No certificate comes near it. */
export const largestCertificateBytes = 16 * 1024 * 1024;

/**
 * Looks at the bytes of a certificate file: UTF-8, canonical JSON (so that no key stands twice and nothing hides), every field
 * of the schema and no other, the signature. Never throws for what is in the file.
 */
export function verifyCertificate(file: Uint8Array, trusted: KeyObject | null): Verification {
  let envelope: Envelope;
  try {
    envelope = readEnvelope(file);
  } catch (error) {
    return { kind: 'invalid', why: errorText(error) };
  }
  const { certificate, signature } = envelope;
  if (signature === null) return { kind: 'unsigned', certificate, why: envelope.unsigned_reason };
  const fault = signatureFault(certificate, signature);
  if (fault !== null) return { kind: 'invalid', why: fault };
  return { kind: 'signed', certificate, keyId: signature.key_id, trust: trustIn(signature, trusted) };
}

function readEnvelope(file: Uint8Array): Envelope {
  if (file.length > largestCertificateBytes) throw new Error(`more than ${largestCertificateBytes} bytes`);
  const text = textOf(file);
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch (error) {
    throw new Error('it is not JSON', { cause: error });
  }
  if (!isCanonical(parsed, text)) {
    throw new Error('it is not canonical JSON (RFC 8785): it was changed or written anew after it was issued');
  }
  const fault = isObject(parsed) ? envelopeFault(parsed) : 'expected an object';
  if (fault !== null) throw new Error(`it does not have the form of an erase certificate: ${fault}`);
  return parsed as unknown as Envelope;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(file: Uint8Array): string {
  try {
    // A newline at the end is what editors and shells add; nothing else is forgiven.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file).replace(/\n$/, '');
  } catch (error) {
    throw new Error('it is not UTF-8', { cause: error });
  }
}

function isCanonical(parsed: Json, text: string): boolean {
  try {
    return canonicalJson(parsed) === text;
  } catch {
    return false; // half of a surrogate pair, or nested deeper than the stack
  }
}

function signatureFault(certificate: CertificateBody, signature: CertificateSignature): string | null {
  const der = base64Bytes(signature.public_key);
  const value = base64Bytes(signature.value);
  if (der === null || value === null) return 'its signature is not in the one form of base64';
  if (keyIdOf(der) !== signature.key_id) return 'the id of its key is not that of its public key';
  const key = ed25519Key(der);
  if (key === null) return 'its public key is no Ed25519 key';
  if (verify(null, Buffer.from(bodyText(certificate), 'utf8'), key, value)) return null;
  return 'its signature does not fit: the certificate, or its signature, was changed after it was issued';
}

function base64Bytes(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function ed25519Key(der: Buffer): KeyObject | null {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const isWhole = key.export({ format: 'der', type: 'spki' }).equals(der);
    return key.asymmetricKeyType === 'ed25519' && isWhole ? key : null;
  } catch {
    return null;
  }
}

/** The embedded key has been checked to be the one that signed: it only remains whether it is the very same. */
function trustIn({ public_key: embedded }: CertificateSignature, trusted: KeyObject | null) {
  if (trusted === null) return 'unknown';
  return trusted.export({ format: 'der', type: 'spki' }).toString('base64') === embedded ? 'trusted' : 'other-key';
}
