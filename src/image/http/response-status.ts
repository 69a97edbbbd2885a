import type { ResponseHead } from './response-head.ts';
import { TransferError } from './transfer-error.ts';

/** 4xx that say "later" in so many words: timeout, too early, too many requests. Any other would be answered the same again. */
const passingRefusals = [408, 425, 429];

/** What a status that is no success means for a retry. */
export function statusError({ status, reason }: ResponseHead, prefix = ''): TransferError {
  const passing = status >= 500 || passingRefusals.includes(status);
  return new TransferError(`${prefix}status ${status} ${reason}`.trimEnd(), { passing });
}

/** Throws a final TransferError for a body that is not the bytes as they are stored: their digest would not be the one given. */
export function checkEncoding(head: ResponseHead): void {
  const encoding = head.headers.get('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return;
  throw new TransferError(`content-encoding ${encoding} was not asked for`, { passing: false });
}
