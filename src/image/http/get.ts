import type { ByteSource } from '../stream/byte-source.ts';
import { parseAddress, showAddress } from './address.ts';
import { bodyFill } from './body.ts';
import { asTransferError, type Connection, type ConnectOptions, openConnection } from './connect.ts';
import { bodyFraming, parseResponseHead, type ResponseHead } from './response-head.ts';
import { TransferError } from './transfer-error.ts';

export interface GetOptions extends ConnectOptions {
  /** Value of the Authorization header; sent to the origin of the first address only, never after a redirect elsewhere. */
  readonly authorization: string | null;
}

const maximumRedirects = 10;
const maximumHeadBytes = 64 * 1024;

/** Starts a GET and follows redirects; gives the body of a 200. Throws TransferError, or the reason of the signal. */
export async function get(address: string, options: GetOptions): Promise<ByteSource> {
  let url = parseAddress(address);
  const first = url;
  for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
    const answer = await request(url, url.origin === first.origin ? authorizationFor(first, options) : null, options);
    if ('source' in answer) return answer.source;
    url = answer.location;
  }
  throw new TransferError(`${showAddress(first)}: more than ${maximumRedirects} redirects`, { passing: false });
}

type Answer = { readonly source: ByteSource } | { readonly location: URL };

async function request(url: URL, authorization: string | null, options: ConnectOptions): Promise<Answer> {
  const { signal } = options;
  let connection: Connection | null = null;
  try {
    connection = await openConnection(url, options);
    connection.send(requestText(url, authorization));
    const head = await readHead(connection);
    const location = redirectTarget(head, url);
    if (location) {
      connection.close();
      return { location };
    }
    return { source: bodySource(url, head, connection, signal) };
  } catch (error) {
    connection?.close();
    throw named(url, asTransferError(error, signal));
  }
}

function requestText(url: URL, authorization: string | null): string {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'User-Agent: ironhand',
    'Accept: */*',
    // The checksum is of the bytes as served: a server that compresses on the way would spoil it.
    'Accept-Encoding: identity',
    'Connection: close',
  ];
  if (authorization !== null) lines.push(`Authorization: ${authorization}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Reads to the end of the head; interim answers (1xx) are skipped. */
async function readHead({ reader }: Connection): Promise<ResponseHead> {
  for (;;) {
    const waiting = reader.waiting();
    const end = waiting.indexOf('\r\n\r\n');
    if (end >= 0) {
      reader.take(end + 4);
      const head = parseResponseHead(waiting.toString('latin1', 0, end));
      if (head.status >= 200) return head;
    } else {
      if (waiting.length > maximumHeadBytes) throw new TransferError('response head is too long', { passing: false });
      if ((await reader.more()) === null)
        throw new TransferError('connection ended without an answer', { passing: true });
    }
  }
}

function redirectTarget(head: ResponseHead, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(head.status)) return null;
  const location = head.headers.get('location');
  if (location === undefined) throw new TransferError(`status ${head.status} without a location`, { passing: false });
  return parseAddress(location, from);
}

function bodySource(url: URL, head: ResponseHead, connection: Connection, signal: AbortSignal): ByteSource {
  checkStatus(head);
  const framing = bodyFraming(head);
  const fill = bodyFill(connection.reader, framing);
  let closedFor: Error | undefined;
  return {
    sizeBytes: framing.kind === 'length' ? framing.bytes : null,
    async fill(into) {
      try {
        return await fill(into);
      } catch (error) {
        throw closedFor ?? named(url, asTransferError(error, signal));
      }
    },
    close(reason) {
      closedFor ??= reason;
      connection.close(reason);
    },
  };
}

function checkStatus(head: ResponseHead): void {
  if (head.status !== 200) {
    // 408 and 429 say "later" in so many words; every other 4xx would be answered the same again.
    const passing = head.status >= 500 || head.status === 408 || head.status === 429;
    throw new TransferError(`status ${head.status} ${head.reason}`.trimEnd(), { passing });
  }
  const encoding = head.headers.get('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new TransferError(`content-encoding ${encoding} was not asked for`, { passing: false });
  }
}

function authorizationFor(url: URL, options: GetOptions): string | null {
  if (options.authorization !== null || url.username === '') return options.authorization;
  return basicAuthorization(decodeURIComponent(url.username), decodeURIComponent(url.password));
}

/** Value of an Authorization header by user and password (RFC 7617). */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function named(url: URL, error: unknown): unknown {
  if (!(error instanceof TransferError)) return error;
  return new TransferError(`${showAddress(url)}: ${error.message}`, { passing: error.passing, cause: error.cause });
}
