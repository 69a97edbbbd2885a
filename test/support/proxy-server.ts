import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyBehaviour {
  /** Only requests with this Proxy-Authorization are served, others get 407. */
  readonly authorization?: string;
  /** Resets each tunnel after so many bytes to the client. */
  readonly cutAfter?: number;
}

export interface ProxyServer extends AsyncDisposable {
  /** `127.0.0.1:1234` */
  readonly host: string;
  /** Bytes that were handed to clients of tunnels. */
  readonly sentBytes: number;
  /** Request line and headers of every request, tunnels too. */
  readonly seen: readonly { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
}

/** An http proxy on loopback: forwards whole addresses and opens tunnels, always to `port` of 127.0.0.1 whatever the host. */
export async function createProxyServer(port: number, behaviour: ProxyBehaviour = {}): Promise<ProxyServer> {
  const seen: ProxyServer['seen'][number][] = [];
  const isWelcome = ({ method, url, headers }: IncomingMessage): boolean => {
    seen.push({ line: `${method} ${url}`, headers });
    return behaviour.authorization === undefined || headers['proxy-authorization'] === behaviour.authorization;
  };
  const open = new Set<Duplex>();
  let sentBytes = 0;
  const count = (bytes: number): void => {
    sentBytes += bytes;
  };
  const server = createServer((request, response) => {
    if (isWelcome(request)) forward(request, response, port);
    else response.writeHead(407).end();
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    open.add(client);
    client.on('error', () => undefined);
    if (isWelcome(request)) tunnel(client, port, count, behaviour.cutAfter);
    else client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get sentBytes() {
      return sentBytes;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { pathname: path } = new URL(request.url ?? '');
  const { 'proxy-authorization': _, ...headers } = request.headers;
  sendRequest({ host: '127.0.0.1', port, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  })
    .on('error', () => response.destroy())
    .end();
}

function tunnel(
  client: Socket,
  port: number,
  count: (bytes: number) => void,
  cutAfter = Number.POSITIVE_INFINITY,
): void {
  let sent = 0;
  const origin = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
  origin.on('error', () => client.destroy());
  origin.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    count(chunk.length);
    if (sent >= cutAfter) client.resetAndDestroy();
    else if (!client.write(chunk)) origin.pause();
  });
  client.on('drain', () => origin.resume());
  origin.on('end', () => client.end());
  client.on('data', (chunk) => origin.write(chunk));
  client.on('close', () => origin.destroy());
}
