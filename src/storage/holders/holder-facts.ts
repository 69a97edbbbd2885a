/** `part` of a disk, or what the kernel or the device mapper builds on other devices. */
export type BlockNodeKind =
  | 'disk'
  | 'partition'
  /** LVM */
  | 'volume'
  /** md, its containers included */
  | 'array'
  | 'multipath'
  /** A partition of a mapped device, made by kpartx(8). */
  | 'partition-map'
  | 'crypt'
  | 'bcache'
  | 'unknown';

/** One block device in the tree of what is built on what. */
export interface BlockNode {
  readonly path: string;
  readonly kind: BlockNodeKind;
  /** What it lies on: the disk of a partition, the `slaves` of sysfs, the container of an array. */
  readonly below: readonly string[];
  /** Its name in the device mapper; null for others. */
  readonly name: string | null;
  /** Of a logical volume: the id of its group, without dashes. */
  readonly group: string | null;
  /** False for an array that does not run, and so shows none of its data; true for all others. */
  readonly isActive: boolean;
  readonly mountPoints: readonly string[];
  readonly isSwap: boolean;
}

/** Some devices and everything that is built upon them. Plain data, read at one moment. */
export interface HolderFacts {
  readonly nodes: readonly BlockNode[];
  /** Devices of which it could not be found out who uses them. */
  readonly unread: readonly { readonly device: string; readonly why: string }[];
}
