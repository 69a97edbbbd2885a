import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { type DiskEntry, diskSchema, type HostCertificate } from './certificate-body.ts';
import { visibleText } from './plain-text.ts';
import { verifyCertificate } from './verify-certificate.ts';

/**
 * Holds the certificates of the disks of a machine against its own: there, with the digest that it names, itself in order and of
 * the same key, and of the same disk and status. Gives one sentence for each that is not.
 */
export function disksFaults(
  host: { readonly certificate: HostCertificate; readonly isSigned: boolean },
  readDisk: (id: string) => Uint8Array | null,
  trusted: KeyObject | null,
): readonly string[] {
  return host.certificate.disks.flatMap((entry) => {
    const fault = diskFault(host, entry, readDisk(entry.certificate), trusted);
    return fault === null ? [] : [`${visibleText(entry.device)}: ${entry.certificate}.json ${fault}`];
  });
}

function diskFault(
  host: { readonly certificate: HostCertificate; readonly isSigned: boolean },
  entry: DiskEntry,
  file: Uint8Array | null,
  trusted: KeyObject | null,
): string | null {
  if (file === null) return 'is not there';
  const sha256 = createHash('sha256').update(file).digest('hex');
  if (sha256 !== entry.sha256) return `has the SHA-256 ${sha256}, expected ${entry.sha256}`;
  const found = verifyCertificate(file, trusted);
  if (found.kind === 'invalid') return `is not valid: ${found.why}`;
  if (host.isSigned && found.kind === 'unsigned') return 'is not signed';
  if (found.kind === 'signed' && found.trust === 'other-key') return 'is signed by another key';
  const { certificate } = found;
  const isThis =
    certificate.schema === diskSchema &&
    certificate.id === entry.certificate &&
    certificate.host_certificate === host.certificate.id &&
    certificate.STATUS === entry.status;
  return isThis ? null : 'is not of this disk and run';
}
