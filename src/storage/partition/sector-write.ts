/** Sectors to write at `offset` bytes. */
export interface SectorWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * What makes a partition table right, in the order of writing: first what lies at the end of the disk, then, once that is
 * safe, what lies in its first MiB and brings it into force.
 */
export interface TableWrites {
  readonly end: readonly SectorWrite[];
  readonly start: readonly SectorWrite[];
}
