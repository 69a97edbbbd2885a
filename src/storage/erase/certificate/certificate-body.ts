import type { EraseMethodName } from '../method-name.ts';

/**
 * What a certificate says, as it stands in the JSON: wire names, and nothing without a value. `STATUS` is in capitals because
 * canonical JSON sorts capitals first: nobody can read a line of a certificate and miss it.
 */
export type CertificateBody = DiskCertificate | HostCertificate;

/** The only texts that `STATUS` may have; all but `sanitized` begin with a word that cannot be taken for a success. */
export const statusTexts = {
  sanitized: 'SANITIZED',
  sanitizedExceptLeftOut: 'SANITIZED EXCEPT DISKS LEFT OUT',
  metadataOnly: 'NOT SANITIZED: METADATA ONLY',
  notSanitized: 'NOT SANITIZED',
  failed: 'FAILED: NOT CLEAN',
} as const;

export type DiskStatus = (typeof statusTexts)[Exclude<keyof typeof statusTexts, 'sanitizedExceptLeftOut'>];
export type HostStatus = (typeof statusTexts)[keyof typeof statusTexts];

export const diskSchema = 'ironhand.erase-certificate.disk';
export const hostSchema = 'ironhand.erase-certificate.host';
/** Raised when a field changes its meaning or goes away. */
export const schemaVersion = 1;

/** Terms of NIST SP 800-88 Rev. 1, section 2.5; Destroy is beyond what a program can do. */
export type NistMethod = 'Clear' | 'Purge';

/** What every certificate has. */
export interface CommonFields {
  readonly schema_version: typeof schemaVersion;
  readonly id: string;
  readonly standard: 'NIST SP 800-88 Rev. 1';
  /** ISO 8601, UTC, by the clock of the machine: when the last disk had ended. */
  readonly issued_at: string;
  /** The computer that the media are in: the media source of the sample certificate of NIST SP 800-88, appendix G. */
  readonly source: {
    readonly manufacturer: string;
    readonly product: string;
    readonly serial: string;
    readonly node_uuid: string;
    readonly node_name: string | null;
  };
  readonly run: { readonly id: string; readonly step: string; readonly plan_hash: string };
  readonly performed_by: {
    readonly operator: string | null;
    readonly location: string | null;
    readonly contact: string | null;
    readonly tool: string;
  };
  /** Left open, to be filled in by who hands the media on. */
  readonly post_sanitization: { readonly destination: null; readonly categorization: null };
}

export interface Attempt {
  readonly method: EraseMethodName;
  readonly error: string | null;
  readonly tool: string | null;
  readonly exit_code: number | null;
}

export interface CheckEntry {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

export type PlainValue = string | number | boolean | null;

export interface SmartEntry {
  readonly passed: boolean | null;
  readonly power_on_hours: number | null;
  readonly reallocated_sectors: number | null;
  readonly pending_sectors: number | null;
  readonly uncorrectable_errors: number | null;
  readonly percentage_used: number | null;
  readonly temperature_celsius: number | null;
}

export interface DiskCertificate extends CommonFields {
  readonly STATUS: DiskStatus;
  readonly schema: typeof diskSchema;
  /** Why it is not clean, or not sanitized; null where it is. */
  readonly reason: string | null;
  readonly host_certificate: string;
  readonly media: {
    readonly type: string;
    readonly interface: string | null;
    readonly manufacturer: string | null;
    readonly model: string | null;
    readonly serial: string | null;
    readonly wwn: string | null;
    readonly device: string;
    readonly by_path: string | null;
    readonly size_bytes: number;
    readonly logical_sector_bytes: number;
    readonly physical_sector_bytes: number;
  };
  readonly sanitization: {
    /** null where nothing was sanitized. */
    readonly method: NistMethod | null;
    readonly technique: string | null;
    readonly tool: string | null;
    readonly method_asked: EraseMethodName;
    readonly method_done: EraseMethodName | null;
    readonly weaker_than_asked: boolean;
    readonly attempts: readonly Attempt[];
    readonly started_at: string | null;
    readonly ended_at: string | null;
    readonly resumed: number;
    /** By the agent itself; null where it was cut off, so that nobody has counted. */
    readonly bytes_written: number | null;
    readonly bad_sectors: number;
    /** First and last byte of the first hundred of them; `bad_sectors` counts all. */
    readonly bad_ranges: readonly { readonly first_byte: number; readonly last_byte: number }[];
    readonly details: Readonly<Record<string, PlainValue>>;
  };
  readonly verification: {
    readonly method: 'Full' | 'Quick Sampling' | 'Other' | 'None';
    readonly checks: readonly CheckEntry[];
  };
  readonly smart: { readonly before: SmartEntry | null; readonly after: SmartEntry | null };
}

/** One disk, as the certificate of its machine names it. */
export interface DiskEntry {
  readonly certificate: string;
  /** Of the file of that certificate, in hex. */
  readonly sha256: string;
  readonly status: DiskStatus;
  readonly reason: string | null;
  readonly device: string;
  readonly model: string | null;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly size_bytes: number;
  readonly method: NistMethod | null;
  readonly method_done: EraseMethodName | null;
}

export interface HostCertificate extends CommonFields {
  readonly STATUS: HostStatus;
  readonly schema: typeof hostSchema;
  readonly reason: string | null;
  /** The weakest of all disks; null unless every disk was sanitized. */
  readonly method: NistMethod | null;
  readonly started_at: string;
  readonly ended_at: string;
  readonly disks: readonly DiskEntry[];
  readonly left_out: readonly { readonly device: string; readonly reason: string }[];
}
