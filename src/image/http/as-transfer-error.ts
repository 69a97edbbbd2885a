import { errorText, hasErrorCode } from '../../errors/guards.ts';
import { TransferError } from './transfer-error.ts';

/** The peer's certificate was refused, or it speaks no TLS that we do: trying again does not help. */
const certificateErrors =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** What Node adds for people who start Node themselves. */
const advice = /; if the root CA is installed locally.*$/;

/** Gives any error of a socket the meaning it has for a retry. An abort passes through unchanged. */
export function asTransferError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof TransferError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = hasErrorCode(error, 'ECONNREFUSED')
    ? 'connection refused'
    : errorText(error).replace(advice, '') || code;
  return new TransferError(text, { passing: !certificateErrors.test(code), cause: error });
}

/** The same error with `name` before its message. */
export function named(name: string, error: unknown): unknown {
  if (!(error instanceof TransferError)) return error;
  return new TransferError(`${name}: ${error.message}`, { passing: error.passing, cause: error.cause });
}
