import { type DiskStatus, type HostStatus, hostSchema } from './certificate-body.ts';
import { type Envelope, fileDigest } from './envelope.ts';

/** What a list of certificates says of each. */
export interface CertificateSummary {
  readonly id: string;
  readonly kind: 'host' | 'disk';
  readonly status: DiskStatus | HostStatus;
  readonly signed: boolean;
  /** Of the JSON file, in hex. */
  readonly sha256: string;
  readonly issued_at: string;
}

/** Of a certificate that this agent made and kept; nothing of it is checked. */
export function certificateSummary(json: string): CertificateSummary {
  const { certificate, signature } = JSON.parse(json) as Envelope;
  return {
    id: certificate.id,
    kind: certificate.schema === hostSchema ? 'host' : 'disk',
    status: certificate.STATUS,
    signed: signature !== null,
    sha256: fileDigest(json),
    issued_at: certificate.issued_at,
  };
}
