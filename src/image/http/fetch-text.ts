import { type GetOptions, get } from './get.ts';
import { TransferError } from './transfer-error.ts';

/** Longest text that is read: a checksum file of a whole mirror fits. */
const maximumBytes = 1024 * 1024;

/** Reads a small text (a checksum file) as UTF-8; throws TransferError. */
export async function fetchText(address: string, options: GetOptions): Promise<string> {
  const source = await get(address, options);
  try {
    const bytes = Buffer.alloc(maximumBytes + 1);
    const length = await source.fill(bytes);
    if (length > maximumBytes) {
      throw new TransferError(`${new URL(address).pathname}: longer than ${maximumBytes} bytes`, { passing: false });
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    source.close();
  }
}
