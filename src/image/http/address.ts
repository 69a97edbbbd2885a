import { TransferError } from './transfer-error.ts';

/** Parses an image address: http or https, with a host. Throws TransferError that never repeats a password. */
export function parseAddress(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null) throw new TransferError('address is not a URL', { passing: false });
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TransferError(`address has scheme ${url.protocol.slice(0, -1)}, only http and https are read`, {
      passing: false,
    });
  }
  return url;
}

/** The address as it may be shown: without user, password and query (signed URLs carry their signature there). */
export function showAddress(url: URL): string {
  return `${url.origin}${url.pathname}${url.search ? '?...' : ''}`;
}
