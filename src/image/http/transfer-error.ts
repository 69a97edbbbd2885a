/**
 * A transfer over HTTP that did not end well. `passing` says what the retry loop asks: may the same request, or the same
 * request to another address, succeed a little later (refused, reset, cut, stalled, 5xx, name not resolved)?
 */
export class TransferError extends Error {
  readonly passing: boolean;

  constructor(message: string, options: { readonly passing: boolean; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TransferError';
    this.passing = options.passing;
  }
}

export function isPassing(error: unknown): boolean {
  return error instanceof TransferError && error.passing;
}
