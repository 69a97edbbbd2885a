import {
  ImageDownloadError,
  ImageWriteError,
  InvalidCommandParamsError,
  InvalidImageError,
} from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { ToolError } from '../errors/tool-error.ts';
import { DeviceClaimError } from '../storage/claim-device.ts';
import { PartitionTableError } from '../storage/partition/partition-table-error.ts';
import { DeviceReadError, DeviceWriteError } from './disk/disk-target.ts';
import { TransferError } from './http/transfer-error.ts';
import { ChecksumFileError } from './request/checksum-file.ts';
import type { ImageInfo } from './request/image-info.ts';
import { DiskTooSmallError } from './stream-to-disk.ts';

/** What a disk, or a program that worked on it, can have against an image. */
const writeErrors = [DeviceReadError, DeviceWriteError, DiskTooSmallError, DeviceClaimError, ToolError];

/** Translates what went wrong below to an error of the catalogue; anything else passes as it is. */
export function asWireError({ id }: ImageInfo, device: string, error: unknown): unknown {
  if (error instanceof TransferError || error instanceof ChecksumFileError) {
    return new ImageDownloadError(`Download of image ${id} failed: ${error.message}`, { cause: error });
  }
  if (writeErrors.some((kind) => error instanceof kind)) {
    return new ImageWriteError(`image ${id} on ${device}: ${errorText(error)}`, { cause: error });
  }
  if (error instanceof PartitionTableError) {
    return new InvalidImageError(`image ${id} on ${device}: ${error.message}`, { cause: error });
  }
  return error;
}

/** Refuses what the image asks for and this version cannot do yet, before anything is touched. */
export function refuseUnsupported(image: ImageInfo, hasConfigDrive: boolean): void {
  if (image.partitions) throw unsupported(image, 'partition images are not supported yet');
  if (hasConfigDrive) throw unsupported(image, 'a config drive is not supported yet');
  if (image.proxies.http ?? image.proxies.https) throw unsupported(image, 'proxies are not supported yet');
}

function unsupported({ id }: ImageInfo, what: string): Error {
  return new InvalidCommandParamsError(`image ${id}: ${what}; the disk was not touched`);
}
