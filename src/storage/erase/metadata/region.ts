import type { ByteRange } from '../../device-io/byte-range.ts';

/** A partition as some table has it, in bytes of the disk; what the table says may be nonsense. */
export interface TableRegion extends ByteRange {
  /** The kernel would name it after this. */
  readonly number: number;
}

/** What was found of one kind of table: where it lies itself, and the partitions it tells of. */
export interface TableFinding {
  readonly ranges: readonly ByteRange[];
  readonly regions: readonly TableRegion[];
}
