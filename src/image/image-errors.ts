import { ImageDownloadError, ImageWriteError, InvalidImageError } from '../errors/catalogue.ts';
import { errorText, isSystemError } from '../errors/guards.ts';
import { ToolError } from '../errors/tool-error.ts';
import { DeviceClaimError } from '../storage/claim-device.ts';
import { DeviceReadError, DeviceWriteError } from '../storage/device-io/disk-target.ts';
import { PartitionTableError } from '../storage/partition/partition-table-error.ts';
import { DecompressionError } from './compression/decompression-error.ts';
import { DiskTooSmallError } from './disk/disk-too-small-error.ts';
import { ObjectChangedError } from './http/object-changed-error.ts';
import { TransferError } from './http/transfer-error.ts';
import { InvalidQcow2Error } from './qcow2/invalid-qcow2-error.ts';
import { Qcow2ChangedError } from './qcow2/qcow2-changed-error.ts';
import { ChecksumFileError } from './request/checksum-file.ts';
import type { ImageInfo } from './request/image-info.ts';
import { SpoolError } from './spool/spool-error.ts';

/** The way from the server. */
const downloadErrors = [TransferError, ChecksumFileError, ObjectChangedError, Qcow2ChangedError];
/** What a disk, a program that worked on it, or the memory beside it, can have against an image. */
const writeErrors = [DeviceReadError, DeviceWriteError, DiskTooSmallError, DeviceClaimError, SpoolError, ToolError];
/** The image itself. */
const imageErrors = [PartitionTableError, InvalidQcow2Error, DecompressionError];

/** Translates what went wrong below to an error of the catalogue; anything else passes as it is. */
export function asWireError({ id }: ImageInfo, device: string, error: unknown): unknown {
  const isOneOf = (kinds: readonly (abstract new (...args: never[]) => Error)[]): boolean =>
    kinds.some((kind) => error instanceof kind);
  const text = errorText(error);
  if (isOneOf(downloadErrors))
    return new ImageDownloadError(`Download of image ${id} failed: ${text}`, { cause: error });
  if (isOneOf(writeErrors)) return new ImageWriteError(`image ${id} on ${device}: ${text}`, { cause: error });
  if (isOneOf(imageErrors)) return new InvalidImageError(`image ${id} on ${device}: ${text}`, { cause: error });
  // A file or a device of which nobody below knew more to say.
  if (isSystemError(error)) return new ImageWriteError(`image ${id} on ${device}: ${text}`, { cause: error });
  return error;
}
