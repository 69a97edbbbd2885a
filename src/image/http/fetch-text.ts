import { fetchBytes } from './fetch-bytes.ts';
import type { RemoteOptions } from './remote-options.ts';

/** Longest text that is read: a checksum file of a whole mirror fits. */
const maximumBytes = 1024 * 1024;

/** Reads a small text (a checksum file) as UTF-8, with retries; throws a final TransferError, or the reason of the signal. */
export async function fetchText(address: string, options: RemoteOptions): Promise<string> {
  return Buffer.from(await fetchBytes(address, options, maximumBytes)).toString('utf8');
}
