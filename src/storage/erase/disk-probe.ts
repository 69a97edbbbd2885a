import type { BlockDevice } from '../../core/block-device.ts';
import type { AtaSecurity } from '../../tools/hdparm-identify.ts';
import type { TableRegion } from './metadata/region.ts';

/** The ways of sanitizing that NVMe, ATA and SCSI have in common. */
export interface SanitizeAbility {
  readonly crypto: boolean;
  readonly block: boolean;
  readonly overwrite: boolean;
}

/** Time that the drive itself says it will take; null where it does not say. */
export interface SanitizeSeconds {
  readonly crypto: number | null;
  readonly block: number | null;
  readonly overwrite: number | null;
}

/** NVM Express Base Specification 2.0: Identify Controller (5.17.2.1), Identify Namespace, Sanitize Status log (5.16.1.25). */
export interface NvmeProbe {
  readonly kind: 'nvme';
  /** `/dev/nvme0` */
  readonly controller: string;
  /** Every namespace of the subsystem that the kernel lists, as `/dev/nvme0n1`, itself included: sanitize erases them all. */
  readonly namespaces: readonly string[];
  /** IDs of those that the drive tells of and the kernel does not list: attached to no controller, or to another machine's only. */
  readonly otherNamespaces: readonly number[];
  /** Why there may be still more of them, as the end of a sentence; null where these are certainly all. */
  readonly namespaceDoubt: string | null;
  /** SANICAP, and the estimates of the log. */
  readonly sanitize: SanitizeAbility;
  readonly sanitizeSeconds: SanitizeSeconds;
  readonly format: {
    /** OACS bit 1. */
    readonly supported: boolean;
    /** FNA bit 2. */
    readonly crypto: boolean;
    /** FNA bit 0 or 1: formatting, or its erase, goes over all namespaces. */
    readonly allNamespaces: boolean;
    /** Format index in use, kept by formatting. */
    readonly lbaFormat: number;
  };
  /** DLFEAT: deallocated blocks read as zero. */
  readonly zerosAfterDiscard: boolean;
}

/** ACS-4: IDENTIFY DEVICE, as `hdparm -I` shows it. */
export interface AtaProbe {
  readonly kind: 'ata';
  readonly sanitize: SanitizeAbility & { readonly frozen: boolean };
  /** null where the drive has no Security feature set. */
  readonly security: AtaSecurity | null;
  /** Deterministic zeros after TRIM. */
  readonly zerosAfterDiscard: boolean;
}

/** SBC-4, SPC-5. */
export interface ScsiProbe {
  readonly kind: 'scsi';
  readonly sanitize: SanitizeAbility;
  readonly formatUnit: boolean;
  /** LBPRZ: unmapped blocks read as zero. */
  readonly zerosAfterDiscard: boolean;
}

/** A device without an erase of its own: virtual, device mapper, md, USB bridge. */
export interface PlainProbe {
  readonly kind: 'plain';
  readonly zerosAfterDiscard: boolean;
}

/** What a disk says of itself that matters for erasing it. Pure data; nothing was changed to learn it. */
export type DiskProbe = NvmeProbe | AtaProbe | ScsiProbe | PlainProbe;

export interface ProbedDisk<Probe extends DiskProbe = DiskProbe> {
  readonly device: BlockDevice;
  /** Partitions on it that the kernel knows. */
  readonly partitions: readonly BlockDevice[];
  /** Where they lie (readKnownPartitions), asked before the kernel forgot them: the table may not tell of them any more. */
  readonly knownPartitions?: readonly TableRegion[];
  /** The kernel can have it write zeros by itself (WRITE SAME, Write Zeroes); absent where that was not asked. */
  readonly writesZeroes?: boolean;
  readonly probe: Probe;
}
