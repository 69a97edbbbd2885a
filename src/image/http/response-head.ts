import { TransferError } from './transfer-error.ts';

/** Status line and headers of a response (RFC 9112 sections 4 and 5). */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** By lower-case name; repeated ones joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

/** How the end of the body is found (RFC 9112 section 6.3). */
export type BodyFraming =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** Parses the text before the empty line; throws TransferError with the offending line. */
export function parseResponseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const match = /^HTTP\/1\.[01] ([1-5]\d\d)(?: (.*))?$/.exec(statusLine);
  if (!match) throw notHttp(`not the status line of an HTTP/1.1 response: ${quoted(statusLine)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = headerLine.exec(line) ?? [];
    if (name === undefined || value === undefined) throw notHttp(`not a header line: ${quoted(line)}`);
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(match[1]), reason: match[2] ?? '', headers };
}

/** Decides how the body ends; throws TransferError where the headers contradict themselves. */
export function bodyFraming(head: ResponseHead): BodyFraming {
  const encoding = head.headers.get('transfer-encoding');
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked') throw notHttp(`transfer-encoding ${quoted(encoding)} is not understood`);
    return { kind: 'chunked' };
  }
  const length = head.headers.get('content-length');
  if (length === undefined) return { kind: 'until-close' };
  const values = new Set(length.split(',').map((value) => value.trim()));
  const [value = ''] = values;
  const bytes = Number(value);
  if (values.size !== 1 || !/^\d+$/.test(value) || !Number.isSafeInteger(bytes)) {
    throw notHttp(`content-length ${quoted(length)} is not a number`);
  }
  return { kind: 'length', bytes };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

function notHttp(message: string): TransferError {
  return new TransferError(message, { passing: false });
}
