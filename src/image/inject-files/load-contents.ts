import { parseBase64 } from '../../core/base64.ts';
import { fetchBytes } from '../http/fetch-bytes.ts';
import type { RemoteOptions } from '../http/remote-options.ts';
import type { FileRequest } from './file-request.ts';
import { type AddressValues, formatAddress } from './format-address.ts';
import { InjectionError } from './injection-error.ts';

/** A file whose content is at hand. */
export interface LoadedFile extends FileRequest {
  /** null deletes what is there. */
  readonly bytes: Uint8Array | null;
}

/** For all files of a step together: they are in memory until they have been written and read back. */
export const maximumContentBytes = 128 * 1024 * 1024;

/**
 * Decodes or fetches the content of one file. Throws InjectionError, TransferError, or the reason of the signal; no message has
 * anything of the content in it, but the address without its query.
 */
export async function loadContent(
  file: FileRequest,
  values: AddressValues,
  options: RemoteOptions,
  maximumBytes: number,
): Promise<LoadedFile> {
  const { content } = file;
  if (content === null) return { ...file, bytes: null };
  if (content.includes('://')) {
    return { ...file, bytes: await fetchBytes(formatAddress(content, values), options, maximumBytes) };
  }
  const bytes = parseBase64(content);
  if (bytes === null) throw new InjectionError('its content is neither well-formed base64 nor an address (with ://)');
  if (bytes.length > maximumBytes) {
    throw new InjectionError(
      `its content has ${bytes.length} bytes, where ${maximumBytes} are left of what a step may have`,
    );
  }
  return { ...file, bytes };
}
