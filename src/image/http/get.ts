import type { ByteSource } from '../stream/byte-source.ts';
import { named } from './as-transfer-error.ts';
import { type Exchange, exchange, type RequestOptions } from './exchange.ts';
import { bodyFraming } from './response-head.ts';
import { checkEncoding, statusError } from './response-status.ts';

/** The body of an answer, and where it came from, as it may be shown. */
export interface Body extends ByteSource {
  readonly from: string;
}

/** Starts a GET of the whole; gives the body of a 200. Throws TransferError, or the reason of the signal. */
export async function get(address: string, options: RequestOptions): Promise<Body> {
  const answer = await exchange(address, [], options);
  const { from, head } = answer;
  try {
    if (head.status !== 200) throw statusError(head);
    checkEncoding(head);
  } catch (error) {
    answer.close();
    throw named(from, error);
  }
  const framing = bodyFraming(head);
  return {
    from,
    sizeBytes: framing.kind === 'length' ? framing.bytes : null,
    fill: (into) => fillFrom(answer, into),
    close: answer.close,
  };
}

async function fillFrom(answer: Exchange, into: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const count = await answer.read(into.subarray(filled));
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
