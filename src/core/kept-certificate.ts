/** A certificate as it is kept for this boot: readable on the API and in the collected logs. */
export interface KeptCertificate {
  /** File name without its end: letters, digits, `-` and `_`. */
  readonly id: string;
  readonly json: string;
  readonly html: string;
}

/** Where certificates of this boot are kept: root-only files; one with the same id is replaced. */
export interface CertificateStore {
  save(certificate: KeptCertificate): void;
  /** Of all certificates of this boot, sorted. */
  ids(): readonly string[];
  /** null where there is none with this id. */
  read(id: string, form: 'json' | 'html'): string | null;
}
