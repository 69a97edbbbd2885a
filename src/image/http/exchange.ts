import { parseAddress, showAddress } from './address.ts';
import { asTransferError, named } from './as-transfer-error.ts';
import { authorizationOf } from './basic-authorization.ts';
import { bodyReader, type ReadBody } from './body.ts';
import { type Connection, type ConnectOptions, openConnection } from './connect.ts';
import { readHead } from './read-head.ts';
import { bodyFraming, type ResponseHead } from './response-head.ts';
import { TransferError } from './transfer-error.ts';

export interface RequestOptions extends ConnectOptions {
  /** Value of the Authorization header; sent to the origin of the first address only, never after a redirect elsewhere. */
  readonly authorization: string | null;
}

/** A request that was answered; the body waits in the connection until it is read. */
export interface Exchange {
  /** Where the answer came from, as it may be shown. */
  readonly from: string;
  readonly head: ResponseHead;
  /** Throws TransferError, or the reason of the signal. */
  readonly read: ReadBody;
  /** Gives up the connection; a `read` under way rejects. Safe to call twice. */
  close(reason?: Error): void;
}

const maximumRedirects = 10;

/** Sends a GET with these header lines and follows redirects to the first other answer. Throws TransferError, or the reason of the signal. */
export async function exchange(address: string, lines: readonly string[], options: RequestOptions): Promise<Exchange> {
  let url = parseAddress(address);
  const first = url;
  const authorization = options.authorization ?? authorizationOf(first);
  for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
    const own = url.origin === first.origin && authorization !== null ? [`Authorization: ${authorization}`] : [];
    const answer = await request(url, [...lines, ...own], options);
    if ('read' in answer) return answer;
    url = answer.location;
  }
  throw new TransferError(`${showAddress(first)}: more than ${maximumRedirects} redirects`, { passing: false });
}

async function request(
  url: URL,
  lines: readonly string[],
  options: ConnectOptions,
): Promise<Exchange | { readonly location: URL }> {
  const { signal } = options;
  let connection: Connection | null = null;
  try {
    connection = await openConnection(url, options);
    connection.send(requestText(url, connection.forwarder, lines));
    const head = await readHead(connection.reader);
    const location = redirectTarget(head, url);
    if (location === null) return answered(url, head, connection, signal);
    connection.close();
    return { location };
  } catch (error) {
    connection?.close();
    throw named(showAddress(url), asTransferError(error, signal));
  }
}

function requestText(url: URL, forwarder: URL | null, lines: readonly string[]): string {
  const path = `${url.pathname}${url.search}`;
  const proxyAuthorization = forwarder && authorizationOf(forwarder);
  const all = [
    // A proxy is told the whole address (RFC 9112 section 3.2.2); `origin` has no password in it.
    `GET ${forwarder === null ? path : `${url.origin}${path}`} HTTP/1.1`,
    `Host: ${url.host}`,
    'User-Agent: ironhand',
    'Accept: */*',
    // The checksum is of the bytes as served: a server that compresses on the way would spoil it.
    'Accept-Encoding: identity',
    'Connection: close',
    ...lines,
    ...(proxyAuthorization ? [`Proxy-Authorization: ${proxyAuthorization}`] : []),
  ];
  return `${all.join('\r\n')}\r\n\r\n`;
}

function redirectTarget(head: ResponseHead, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(head.status)) return null;
  const location = head.headers.get('location');
  if (location === undefined) throw new TransferError(`status ${head.status} without a location`, { passing: false });
  return parseAddress(location, from);
}

function answered(url: URL, head: ResponseHead, connection: Connection, signal: AbortSignal): Exchange {
  const from = showAddress(url);
  const read = bodyReader(connection.reader, bodyFraming(head));
  let closedFor: Error | undefined;
  return {
    from,
    head,
    async read(into) {
      try {
        return await read(into);
      } catch (error) {
        throw closedFor ?? named(from, asTransferError(error, signal));
      }
    },
    close(reason) {
      closedFor ??= reason;
      connection.close(reason);
    },
  };
}
