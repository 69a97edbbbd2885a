import { TransferError } from './transfer-error.ts';

/** Value of an Authorization header by user and password (RFC 7617). */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** The same by the user and password in an address; null where it has none. Throws TransferError. */
export function authorizationOf(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  try {
    return basicAuthorization(decodeURIComponent(url.username), decodeURIComponent(url.password));
  } catch (error) {
    const what = 'user or password in the address is not percent-encoded';
    throw new TransferError(what, { passing: false, cause: error });
  }
}
