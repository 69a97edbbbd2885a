import type { BlockDevice } from '../core/block-device.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import type { RemoteOptions } from './http/remote-options.ts';
import type { ExpectedDigest } from './request/checksum.ts';
import type { ImageInfo } from './request/image-info.ts';
import type { Transferred } from './transfer/transfer.ts';
import type { Verification } from './transfer/verification.ts';

export interface WriteImageRequest {
  readonly imageInfo: ImageInfo;
  /** The whole disk to write to; the caller has asked the guard. */
  readonly device: BlockDevice;
  /** Its partitions, whose old signatures are wiped too. */
  readonly partitions: readonly BlockDevice[];
  readonly node: IronicNode;
  /** As it came: base64 of gzip of an image, or an address; null for none. A secret. */
  readonly configDrive: string | object | null;
}

/** The request with all that was found out before the disk is touched. */
export interface PreparedWrite extends Omit<WriteImageRequest, 'configDrive'> {
  readonly expected: ExpectedDigest;
  readonly options: RemoteOptions;
  /** As the disk can hold it. */
  readonly configDrive: Uint8Array | null;
}

/** What was written, as far as it is evidence. */
export interface WrittenImage {
  readonly device: string;
  /** Format of the image, without its compression. */
  readonly format: string;
  /** Size of the disk or file system in the image. */
  readonly sizeBytes: number;
  readonly algorithm: string;
  /** Digest of the bytes as served, lower-case hex; equal to the expected one. */
  readonly digest: string;
  readonly servedBytes: number;
  /** Where the write went on after a crash, in the bytes as served; null where it was done in one run. */
  readonly resumedFrom: number | null;
  /** What was read back; null where nothing was. */
  readonly verified: Verification | null;
  /** Partition table of a whole disk; null for a partition image. */
  readonly table: WrittenTable | null;
  readonly configDrivePartition: number | null;
  /** Answer of get_partition_uuids. */
  readonly partitionUuids: Readonly<Record<string, unknown>> & { readonly 'root uuid': string };
}

export interface WrittenTable {
  readonly kind: 'gpt' | 'mbr';
  /** Partitions that the image brought. */
  readonly partitionCount: number;
  /** True where the backup GPT was moved to the end of a larger disk. */
  readonly backupMoved: boolean;
}

/** The part of it that is the same for all images. */
export function evidenceOf(
  { device, expected }: PreparedWrite,
  { format, imageBytes, servedBytes, digest, resumedFrom }: Transferred,
): Pick<WrittenImage, 'device' | 'format' | 'sizeBytes' | 'algorithm' | 'digest' | 'servedBytes' | 'resumedFrom'> {
  const { algorithm } = expected;
  return { device: device.path, format, sizeBytes: imageBytes, algorithm, digest, servedBytes, resumedFrom };
}
