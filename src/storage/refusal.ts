export type RefusalReason =
  | 'unreadable'
  | 'read-only'
  | 'mounted'
  | 'swap'
  | 'held'
  | 'reserved'
  | 'boot-medium'
  | 'virtual-media'
  | 'cluster-file-system'
  | 'fabric'
  | 'no-method'
  | 'reach';

/** Why a device may not be destroyed. */
export interface Refusal {
  readonly device: string;
  readonly reason: RefusalReason;
  /** One sentence that names the device, without a full stop. */
  readonly detail: string;
}
