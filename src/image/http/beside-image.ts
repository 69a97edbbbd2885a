import { parseAddress } from './address.ts';
import type { RemoteOptions } from './remote-options.ts';

/**
 * The options for what is fetched beside an image (checksum file, config drive): the credentials of the image are for its own
 * servers, and whoever writes the other address may be somebody else. Throws TransferError for an address that is none.
 */
export function besideImage(address: string, imageUrls: readonly string[], options: RemoteOptions): RemoteOptions {
  const { origin } = parseAddress(address);
  const isOfImageServer = imageUrls.some((url) => URL.parse(url)?.origin === origin);
  return isOfImageServer ? options : { ...options, authorization: null };
}
