/** Whether doing the same again may help: `safe` to retry, or not (`never`). */
export type RetryMeaning = 'never' | 'safe';

/** The error object of the wire contract: `command_error` in the command list. */
export interface WireError {
  readonly type: string;
  readonly code: number;
  readonly message: string;
  readonly details: string;
}

/** One kind of error that can appear on the wire. */
export interface ErrorKind {
  readonly type: string;
  /** HTTP status where the error is answered directly; `code` of the wire object. */
  readonly code: number;
  /** Short text of the class, without a full stop, as Ironic expects. */
  readonly message: string;
  readonly retry: RetryMeaning;
}

/** Base of every error that an operator may see. `details` says what happened to what; `cause` keeps what lies beneath. */
export class AgentError extends Error {
  readonly kind: ErrorKind;
  readonly details: string;

  constructor(kind: ErrorKind, details: string, options?: ErrorOptions) {
    super(`${kind.message}: ${details}`, options);
    this.name = kind.type;
    this.kind = kind;
    this.details = details;
  }

  toWire(): WireError {
    return { type: this.kind.type, code: this.kind.code, message: this.kind.message, details: this.details };
  }
}
