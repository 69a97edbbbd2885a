import type { RequestOptions } from './exchange.ts';
import { get } from './get.ts';
import { createMirrors } from './mirrors.ts';
import { overMirrors } from './over-mirrors.ts';
import type { RemoteOptions } from './remote-options.ts';
import { TransferError } from './transfer-error.ts';

const pieceBytes = 1024 * 1024;

/**
 * Reads something small as a whole, with retries; an attempt that broke begins at its start. Throws a final TransferError, also
 * for more than `maximumBytes`, or the reason of the signal.
 */
export async function fetchBytes(address: string, options: RemoteOptions, maximumBytes: number): Promise<Uint8Array> {
  return overMirrors(createMirrors([address]), options, (mirror) => readBytes(mirror.address, options, maximumBytes));
}

/** Memory grows with what comes, not with what Content-Length says. */
async function readBytes(address: string, options: RequestOptions, maximumBytes: number): Promise<Uint8Array> {
  const source = await get(address, options);
  try {
    const tooLong = () => new TransferError(`${source.from}: longer than ${maximumBytes} bytes`, { passing: false });
    if ((source.sizeBytes ?? 0) > maximumBytes) throw tooLong();
    const pieces: Uint8Array[] = [];
    for (let length = 0; ; ) {
      const piece = new Uint8Array(Math.min(pieceBytes, maximumBytes + 1 - length));
      const count = await source.fill(piece);
      pieces.push(piece.subarray(0, count));
      length += count;
      if (length > maximumBytes) throw tooLong();
      if (count < piece.length) return Buffer.concat(pieces);
    }
  } finally {
    source.close();
  }
}
