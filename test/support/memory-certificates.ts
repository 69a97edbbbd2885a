import type { CertificateStore, KeptCertificate } from '../../src/core/kept-certificate.ts';

export interface MemoryCertificates extends CertificateStore {
  /** In the order of saving. */
  readonly saved: readonly KeptCertificate[];
}

/** Keeps certificates for the test to see. */
export function memoryCertificates(): MemoryCertificates {
  const saved: KeptCertificate[] = [];
  return {
    saved,
    save: (certificate) => void saved.push(certificate),
    ids: () => saved.map(({ id }) => id).sort(),
    read: (id, form) => saved.findLast((certificate) => certificate.id === id)?.[form] ?? null,
  };
}
