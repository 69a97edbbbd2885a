import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { SecureVersion } from 'node:tls';
import { errorText, hasErrorCode } from '../errors/guards.ts';
import { redactUrl } from '../log/redact.ts';

export interface HttpClientOptions {
  /** From the start of a request to the last byte of its answer. */
  readonly timeoutSeconds: number;
  /** PEM of the authorities to trust instead of the well-known ones. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Do not verify the certificate of the server. */
  readonly insecure?: boolean;
  readonly minVersion?: SecureVersion;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** An answer with any status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** No complete answer came: refused, reset, timed out, certificate not trusted, too long. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Longest answer that is read. */
const longestAnswerBytes = 16 * 1024 * 1024;

/** JSON over HTTP or HTTPS with connections that are used again; follows no redirects. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #http = new http.Agent({ keepAlive: true });
  readonly #https: https.Agent;

  constructor(options: HttpClientOptions) {
    const { ca, cert, key, insecure, minVersion } = options;
    this.#options = options;
    this.#https = new https.Agent({
      keepAlive: true,
      rejectUnauthorized: !insecure,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(minVersion === undefined ? {} : { minVersion }),
    });
  }

  /** Throws NoAnswerError; an answer with a bad status is an answer. */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    const timeout = AbortSignal.timeout(this.#options.timeoutSeconds * 1000);
    const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
    try {
      return await this.#send(request, signal);
    } catch (error) {
      const why = timeout.aborted ? `no answer within ${this.#options.timeoutSeconds} s` : errorText(error);
      throw new NoAnswerError(`${request.method} ${redactUrl(request.url)}: ${why}`, { cause: error });
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const first = await this.#sendOnce(request, signal);
    // A server may close an idle connection in the moment in which it is used again: that request never arrived.
    const outcome = first === 'stale connection' ? await this.#sendOnce(request, signal) : first;
    if (outcome === 'stale connection') throw new Error('connection closed by the server');
    const text = await readBody(outcome);
    return { status: outcome.statusCode ?? 0, headers: outcome.headers, text, json: parseJson(text) };
  }

  #sendOnce(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage | 'stale connection'> {
    const url = new URL(request.url);
    const secure = url.protocol === 'https:';
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | 'stale connection'>();
    const outgoing = (secure ? https : http).request(url, {
      method: request.method,
      agent: secure ? this.#https : this.#http,
      signal,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(body ? { 'content-length': body.length } : {}),
        ...request.headers,
      },
    });
    outgoing.on('response', resolve);
    outgoing.on('error', (error) => {
      if (outgoing.reusedSocket && hasErrorCode(error, 'ECONNRESET', 'EPIPE')) resolve('stale connection');
      else reject(error);
    });
    outgoing.end(body);
    return promise;
  }
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestAnswerBytes) throw new Error(`answer longer than ${longestAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
