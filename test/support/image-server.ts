import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';

/** How the server behaves for one path. */
export interface Behaviour {
  /** Answers with this status and no body. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Resets the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Ends the connection in good order after so many bytes, whatever Content-Length said. */
  readonly endAfter?: number;
  /** Sends no more after so many bytes, and leaves the connection open. */
  readonly stallAfter?: number;
  /** `length` sends Content-Length, `chunked` chunks, `close` neither. Default: length. */
  readonly framing?: 'length' | 'chunked' | 'close';
  /** Bytes per second. Default: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** Only requests with this Authorization header are served, others get 401. */
  readonly authorization?: string;
  /** The behaviour is that of the first so many requests for the path; later ones are served well. */
  readonly times?: number;
  /** Strong or weak validator, with its quotes; If-Range is honoured. Default: none. */
  readonly etag?: string;
  /** Sends another version of a part although If-Range names the one before. */
  readonly ignoresIfRange?: boolean;
  /** Answers 200 with the whole, whatever range is asked for. */
  readonly ignoresRange?: boolean;
  /** Content-Range of a 206, whatever it holds. */
  readonly contentRange?: string;
  /** Another content than the one that is served. */
  readonly content?: Uint8Array;
}

/** One for all requests for a path, or by the number of the request, from 1. */
export type Behaviours = Behaviour | ((request: number) => Behaviour);

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface ImageServer extends AsyncDisposable {
  /** `http://127.0.0.1:1234` */
  readonly origin: string;
  readonly seen: readonly SeenRequest[];
  /** Bytes of all bodies that went to a socket, whether or not anybody read them. */
  readonly sentBytes: number;
  /** How many connections are open. */
  connections(): Promise<number>;
  /** Is gone as if its process were killed: connections are reset and nobody listens; `back` listens at the same port again. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** Serves bytes, or a file by its path, at a path that begins with a slash; gives the whole address. */
  serve(path: string, content: Uint8Array | string, behaviour?: Behaviours): string;
}

interface Served {
  readonly content: Uint8Array | string;
  readonly behaviour: Behaviours;
  requests: number;
}

interface Span {
  readonly start: number;
  /** Not included. */
  readonly end: number;
}

/** An http server that serves images with Range support, and fails in every way that is asked of it. */
export async function createImageServer(
  tls?: { readonly key: string; readonly cert: string },
  host = '127.0.0.1',
): Promise<ImageServer> {
  const contents = new Map<string, Served>();
  const seen: SeenRequest[] = [];
  const sent = { bytes: 0 };
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '/';
    seen.push({ path, headers: request.headers });
    const served = contents.get(path.replace(/\?.*$/, ''));
    if (!served) {
      response.writeHead(404).end();
      return;
    }
    served.requests += 1;
    answer(request, response, served.content, behaviourNow(served), sent).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${tls ? 'https' : 'http'}://${host}:${port}`;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    origin,
    seen,
    get sentBytes() {
      return sent.bytes;
    },
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async away() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    back: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
    serve(path, content, behaviour = {}) {
      contents.set(path, { content, behaviour, requests: 0 });
      return `${origin}${path}`;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function behaviourNow({ behaviour, requests }: Served): Behaviour {
  if (typeof behaviour === 'function') return behaviour(requests);
  const { times = Number.POSITIVE_INFINITY, ...rest } = behaviour;
  return requests <= times ? rest : {};
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  content: Uint8Array | string,
  behaviour: Behaviour,
  sent: { bytes: number },
): Promise<void> {
  if (behaviour.authorization !== undefined && request.headers.authorization !== behaviour.authorization) {
    response.writeHead(401).end();
    return;
  }
  if (behaviour.status !== undefined) {
    response.writeHead(behaviour.status, behaviour.headers).end();
    return;
  }
  const body = behaviour.content ?? content;
  const size = typeof body === 'string' ? (await stat(body)).size : body.length;
  const span = requestedSpan(request, size, behaviour);
  if (span && span.start >= size) {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  sendHead(response, span, size, behaviour);
  await sendBody(response, body, span ?? { start: 0, end: size }, behaviour, sent);
}

function sendHead(response: ServerResponse, span: Span | null, size: number, behaviour: Behaviour): void {
  const { framing = 'length', etag, contentRange } = behaviour;
  if (framing === 'close') {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  const range = span && (contentRange ?? `bytes ${span.start}-${span.end - 1}/${size}`);
  response.writeHead(span ? 206 : 200, {
    'accept-ranges': 'bytes',
    ...(etag === undefined ? {} : { etag }),
    ...(range === null ? {} : { 'content-range': range }),
    ...(framing === 'length' ? { 'content-length': span ? span.end - span.start : size } : {}),
    ...behaviour.headers,
  });
  response.flushHeaders();
}

/** The part that is asked for; null for the whole. */
function requestedSpan(request: IncomingMessage, size: number, behaviour: Behaviour): Span | null {
  const [, start, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (start === undefined || behaviour.ignoresRange) return null;
  const version = request.headers['if-range'];
  if (version !== undefined && version !== behaviour.etag && !behaviour.ignoresIfRange) return null;
  return { start: Number(start), end: last ? Math.min(size, Number(last) + 1) : size };
}

async function sendBody(
  response: ServerResponse,
  content: Uint8Array | string,
  span: Span,
  behaviour: Behaviour,
  sent: { bytes: number },
): Promise<void> {
  const { cutAfter, endAfter, stallAfter, bytesPerSecond } = behaviour;
  const stop = Math.min(span.end, span.start + (cutAfter ?? endAfter ?? stallAfter ?? span.end));
  for await (const piece of pieces(content, { start: span.start, end: stop })) {
    if (response.destroyed) return;
    sent.bytes += piece.length;
    if (!response.write(piece)) await drained(response);
    if (bytesPerSecond) await new Promise((resolve) => setTimeout(resolve, (piece.length / bytesPerSecond) * 1000));
  }
  if (cutAfter !== undefined) response.socket?.resetAndDestroy();
  else if (endAfter !== undefined) response.socket?.end();
  else if (stallAfter === undefined) response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function pieces(content: Uint8Array | string, { start, end }: Span): AsyncIterable<Uint8Array> {
  if (end <= start) return Readable.from([]);
  const highWaterMark = 256 * 1024;
  if (typeof content === 'string') return createReadStream(content, { start, end: end - 1, highWaterMark });
  return Readable.from(slices(content.subarray(start, end), highWaterMark));
}

function* slices(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += length) yield bytes.subarray(offset, offset + length);
}

/** An address on loopback at which nobody listens. */
export async function refusedAddress(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
