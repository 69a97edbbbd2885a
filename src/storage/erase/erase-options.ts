import type { EraseMethodName } from './method-name.ts';

/** What one pass of an overwrite writes. */
export type Pass =
  | { readonly kind: 'zeros' }
  /** One byte, 0 to 255, everywhere. */
  | { readonly kind: 'pattern'; readonly byte: number }
  /** A keyed stream, with a new key for each pass, which can be made again to compare. */
  | { readonly kind: 'stream' };

export type ReadBack = 'sample' | 'full';

/** How disks are to be erased, from the node and the arguments of the step. */
export interface EraseOptions {
  /** Of an overwrite, in order; never empty. */
  readonly passes: readonly Pass[];
  readonly readBack: ReadBack;
  /** `agent_enable_nvme_secure_erase`: false leaves out sanitize and format of NVMe. */
  readonly nvmeSecureErase: boolean;
  /** `agent_enable_ata_secure_erase`: false leaves out sanitize and secure erase of ATA and SCSI disks. */
  readonly ataSecureErase: boolean;
  /** `agent_continue_if_secure_erase_failed`: a weaker method may be used where the planned one cannot be, or fails. */
  readonly allowWeaker: boolean;
  /** `agent_erase_skip_read_only`: read-only disks are left out instead of refused. */
  readonly skipReadOnly: boolean;
  /** Disks at a time, at least 1: `disk_erasure_concurrency`. */
  readonly concurrency: number;
  /** Of these, disks behind one controller. */
  readonly controllerConcurrency: number;
  /** One method that every disk must have; null lets each have its strongest. */
  readonly method: EraseMethodName | null;
  /** Arrays are stopped and their members erased, instead of the arrays themselves. */
  readonly dissolveArrays: boolean;
  /** Serial numbers or WWNs of disks that may be erased although they are attached over a network. */
  readonly fabricDevices: readonly string[];
}
