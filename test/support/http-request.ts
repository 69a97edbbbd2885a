import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** An answer with any status. */
export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface HttpRequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly timeoutMs?: number;
}

/** One request on a connection of its own, exactly as given; follows nothing, retries nothing, trusts any certificate. */
export function httpRequest(url: string | URL, options: HttpRequestOptions = {}): Promise<HttpReply> {
  const { method = 'GET', headers = {}, body, timeoutMs = 30_000 } = options;
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const { request: start } = new URL(url).protocol === 'https:' ? https : http;
  const request = start(url, {
    method,
    agent: false,
    rejectUnauthorized: false,
    headers: { ...length, ...headers },
    signal: AbortSignal.timeout(timeoutMs),
  });
  request.on('error', reject);
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('error', reject);
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOrUndefined(text) });
    });
  });
  request.end(body);
  return promise;
}

/**
 * Sends bytes as they are and gives back all that came until the server closed the connection, or until it was silent for
 * `silenceMs` after its first byte. Rejects when nothing at all comes within `timeoutMs`.
 */
export function rawExchange(
  url: string,
  bytes: string | Buffer,
  { timeoutMs = 10_000, silenceMs = 150 } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  const chunks: Buffer[] = [];
  const finish = (): void => {
    clearTimeout(timer);
    socket.destroy();
    const text = Buffer.concat(chunks).toString('latin1');
    if (text === '') reject(new Error(`no byte came back for ${bytes.toString('latin1').slice(0, 80)}`));
    else resolve(text);
  };
  let timer = setTimeout(finish, timeoutMs);
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    clearTimeout(timer);
    timer = setTimeout(finish, silenceMs);
  });
  // A server that refuses may reset the connection while we still send; what it said before counts.
  socket.on('error', finish);
  socket.on('close', finish);
  return promise;
}

/** SHA-256 fingerprint of the certificate that is served there. */
export function certificateAt(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  });
  socket.on('error', reject);
  return promise;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
