/** What a base holds; `base.json` beside it. */
export interface BaseFacts {
  readonly kernelRelease: string;
  readonly nodeVersion: string;
  readonly segments: readonly SegmentFacts[];
  readonly packages: readonly PackageFacts[];
  /** From these, and those of the layers above, the accounts are made: see makeAccounts. */
  readonly passwdMaster: string;
  readonly groupMaster: string;
  readonly sysusers: Readonly<Record<string, string>>;
}

export interface SegmentFacts {
  readonly name: string;
  /** Of its cpio archive. */
  readonly sha256: string;
  /** Of the files in it, as they are in memory. */
  readonly bytes: number;
  readonly files: number;
}

export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  /** As its copyright file names them; empty where that is not written for machines. */
  readonly licences: readonly string[];
  /** Of its files that are in the ramdisk. */
  readonly bytes: number;
}
