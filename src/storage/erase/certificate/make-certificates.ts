import type { KeptCertificate } from '../../../core/kept-certificate.ts';
import type { MachineErasure } from '../device-erasure.ts';
import type { ShortCertificate } from '../erasure-to-wire.ts';
import type { CertificateBody } from './certificate-body.ts';
import { certificateIds } from './certificate-ids.ts';
import { certificateSummary } from './certificate-summary.ts';
import type { Performer } from './common-fields.ts';
import { diskCertificate } from './disk-certificate.ts';
import { envelopeText, fileDigest, seal } from './envelope.ts';
import { hostCertificate } from './host-certificate.ts';
import { certificatePage } from './page/certificate-page.ts';
import type { CertificateSigner } from './signer.ts';

/** The certificates of one run: one for the machine, one for each disk that was in its plan, in that order. */
export interface MachineCertificates {
  readonly host: KeptCertificate;
  readonly disks: readonly KeptCertificate[];
}

/**
 * Certifies what a run did, the failures too. Pure: the same run, key and performer give the same bytes. Never claims more than
 * the record shows; `null` for a signer makes certificates that say that nobody signed them.
 */
export function makeCertificates(
  erasure: MachineErasure,
  signer: CertificateSigner | null,
  performer: Performer,
): MachineCertificates {
  const ids = certificateIds(erasure);
  const disks = erasure.devices.map((device, index) => {
    const body = diskCertificate({ erasure, performer, ids }, device, ids.disks[index] ?? '');
    return { body, kept: kept(body, signer) };
  });
  const host = hostCertificate(erasure, performer, ids.host, disks);
  return { host: kept(host, signer), disks: disks.map((disk) => disk.kept) };
}

/** A certificate in the few words that a step's result has room for. */
export function shortCertificate({ json }: KeptCertificate): ShortCertificate {
  const { id, sha256, signed } = certificateSummary(json);
  return { id, sha256, signed };
}

function kept(body: CertificateBody, signer: CertificateSigner | null): KeptCertificate {
  const envelope = seal(body, signer);
  const json = envelopeText(envelope);
  return { id: body.id, json, html: certificatePage(envelope, fileDigest(json)) };
}
