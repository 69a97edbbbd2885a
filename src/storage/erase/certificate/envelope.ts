import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../../core/canonical-json.ts';
import type { CertificateBody } from './certificate-body.ts';
import type { CertificateSigner } from './signer.ts';

export interface CertificateSignature {
  readonly algorithm: 'Ed25519';
  /** SubjectPublicKeyInfo (RFC 8410), DER in base64. */
  readonly public_key: string;
  /** SHA-256 of that DER, in hex. */
  readonly key_id: string;
  /** Ed25519 (RFC 8032) of the canonical JSON of `certificate`, in base64. */
  readonly value: string;
}

/** A certificate as it is handed out. */
export type Envelope =
  | { readonly certificate: CertificateBody; readonly signature: CertificateSignature }
  | { readonly certificate: CertificateBody; readonly signature: null; readonly unsigned_reason: string };

const noKey = 'no signing key is configured (option erase_certificate_key_file)';

/** Signs a certificate, or says that nobody does. Throws TypeError for what JSON cannot say. */
export function seal(certificate: CertificateBody, signer: CertificateSigner | null): Envelope {
  if (signer === null) return { certificate, signature: null, unsigned_reason: noKey };
  const { publicKey, keyId } = signer;
  const value = signer.sign(bodyText(certificate));
  return { certificate, signature: { algorithm: 'Ed25519', public_key: publicKey, key_id: keyId, value } };
}

/** What is signed. */
export function bodyText(certificate: CertificateBody): string {
  return canonicalJson(certificate as unknown as Json);
}

/** The whole file: canonical JSON, without a newline at its end. */
export function envelopeText(envelope: Envelope): string {
  return canonicalJson(envelope as unknown as Json);
}

/** SHA-256 of a file, in hex, as sha256sum(1) tells it. */
export function fileDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
