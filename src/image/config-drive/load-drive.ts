import { DeploymentError, InvalidCommandParamsError } from '../../errors/catalogue.ts';
import { besideImage } from '../http/beside-image.ts';
import { fetchBytes } from '../http/fetch-bytes.ts';
import type { RemoteOptions } from '../http/remote-options.ts';
import { TransferError } from '../http/transfer-error.ts';
import { ConfigDriveError } from './config-drive-error.ts';
import { decodeBody, decodeText, maximumDriveBytes } from './decode-drive.ts';
import { type FitOptions, fitDrive } from './fit-drive.ts';

export interface DriveRequest extends FitOptions {
  /** Addresses of the image: the credentials in the options are for their servers and no others. */
  readonly imageUrls: readonly string[];
}

/**
 * Gets a config drive as it stands in a command, base64 of gzip of an image or the address of one, in the form in which the
 * disk can hold it: an ISO 9660 or FAT image of at most 64 MiB. To be called before the disk is touched. Throws
 * DeploymentError, InvalidCommandParamsError for anything but a text, or the reason of the signal; no message has anything of
 * its content in it.
 */
export async function loadConfigDrive(
  given: string | object,
  request: DriveRequest,
  options: RemoteOptions,
): Promise<Uint8Array> {
  if (typeof given !== 'string') {
    throw new InvalidCommandParamsError(
      'configdrive is an object; expected base64 of gzip of an image, or the http(s) address of one',
    );
  }
  try {
    return fitDrive(await decode(given, request, options), request);
  } catch (error) {
    if (error instanceof ConfigDriveError) {
      throw new DeploymentError(`The config drive cannot be used: ${error.message}`, { cause: error });
    }
    if (error instanceof TransferError) {
      throw new DeploymentError(`Download of the config drive failed: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

async function decode(given: string, { imageUrls }: DriveRequest, options: RemoteOptions): Promise<Uint8Array> {
  const address = /^\s*https?:\/\//i.test(given) ? URL.parse(given.trim()) : null;
  if (address === null) return decodeText(given);
  return decodeBody(await fetchBytes(address.href, besideImage(address.href, imageUrls, options), maximumDriveBytes));
}
