import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { hasErrorCode } from '../src/errors/guards.ts';
import { wipeFile, writeRootOnly } from '../src/queue/root-only-file.ts';
import { type CertificatePair, type CertificateRequest, createAgentCertificate } from './tls-certificate.ts';

/** Key and certificate lie in one file, so that no crash can leave one of them behind. */
const fileName = 'agent.pem';

/**
 * The pair that is kept in the directory, when it is still good for this request, else a new one that is kept from now on:
 * a restart of the api must not change what the conductor trusts. Readable by the owner only.
 */
export function loadOrCreateCertificate(
  directory: string,
  request: CertificateRequest,
  now = new Date(),
): CertificatePair {
  const kept = readPair(join(directory, fileName));
  if (kept && isGoodFor(kept, request) && now < renewalTime(kept)) return kept;
  return createAndKeep(directory, request, now);
}

/** A new pair in the place of the old one. */
export function createAndKeep(directory: string, request: CertificateRequest, now = new Date()): CertificatePair {
  const pair = createAgentCertificate(request, now);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeRootOnly(join(directory, fileName), pair.key + pair.certificate);
  return pair;
}

/** Nothing is left of the key. */
export function forgetCertificate(directory: string): void {
  wipeFile(join(directory, fileName));
}

/** When two thirds of its life are over. */
export function renewalTime({ certificate }: CertificatePair): Date {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return new Date(validFromDate.getTime() + ((validToDate.getTime() - validFromDate.getTime()) * 2) / 3);
}

function readPair(path: string): CertificatePair | null {
  try {
    const text = readFileSync(path, 'utf8');
    const start = text.indexOf('-----BEGIN CERTIFICATE-----');
    return start < 0 ? null : { key: text.slice(0, start), certificate: text.slice(start) };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const opensslCurves = { p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' } as const;

/** Whether the pair belongs together and says what the request wants; a file that cannot be read as one does not. */
function isGoodFor(pair: CertificatePair, request: CertificateRequest): boolean {
  try {
    const certificate = new X509Certificate(pair.certificate);
    return (
      certificate.checkPrivateKey(createPrivateKey(pair.key)) &&
      certificate.publicKey.asymmetricKeyDetails?.namedCurve === opensslCurves[request.curve] &&
      request.addresses.every((address) => covers(certificate, address))
    );
  } catch {
    return false;
  }
}

function covers(certificate: X509Certificate, address: string): boolean {
  const found = isIP(address) ? certificate.checkIP(address) : certificate.checkHost(address);
  return found !== undefined;
}
