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
  /** To erase it would erase, or might erase, what the skip list protects. */
  | 'skip-list'
  /** Another name of a disk that is in the list already: a path of it, without multipath. */
  | 'second-path'
  | 'no-method'
  | 'reach';

/** Why a device may not be destroyed. */
export interface Refusal {
  readonly device: string;
  readonly reason: RefusalReason;
  /** One sentence that names the device, without a full stop. */
  readonly detail: string;
}

/** Each once: guard, holders and targets may see the same thing of a device, in the same words. */
export function distinctRefusals(refusals: readonly Refusal[]): readonly Refusal[] {
  return [...new Map(refusals.map((refusal) => [`${refusal.device} ${refusal.detail}`, refusal])).values()];
}
