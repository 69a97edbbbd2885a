import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange.ts';

/** What happens to a request on its way. */
export type Meddling =
  /** It passes. */
  | 'pass'
  /** It arrives and is answered, but the answer is lost: the connection breaks. */
  | 'lose-answer'
  /** The same after some seconds, when whatever was asked for may be over. */
  | 'lose-answer-late'
  /** It does not arrive: the connection breaks. */
  | 'lose-request';

/** Sees both directions of the conversation of one agent, and can break it. */
export interface WireTap extends AsyncDisposable {
  /** What the agent takes for the URL of Ironic. */
  readonly ironicUrl: string;
  /** The port that the agent tells the conductor to call. */
  readonly agentPort: number;
  readonly exchanges: readonly Exchange[];
  /** Where the agent listens; until it is told, nobody answers the conductor. */
  agentAt(port: number): void;
  /** Decides about each request that begins from now on. */
  meddle(decide: (request: Pick<Exchange, 'from' | 'method' | 'path' | 'request'>) => Meddling): void;
}

const lateMilliseconds = 4000;

/** Two http servers on loopback, each of which passes everything on. For agents without TLS. */
export async function createWireTap(ironicUrl: string): Promise<WireTap> {
  const exchanges: Exchange[] = [];
  const started = performance.now();
  let agentPort: number | null = null;
  let decide: Parameters<WireTap['meddle']>[0] = () => 'pass';
  const pass =
    (from: Exchange['from'], target: () => string | null) =>
    async (incoming: IncomingMessage, response: ServerResponse) => {
      const at = (performance.now() - started) / 1000;
      const body = await readAll(incoming);
      const url = new URL(incoming.url ?? '/', 'http://tap');
      const seen = { at, from, method: incoming.method ?? '', path: url.pathname, request: asJson(body) };
      const query = Object.fromEntries(url.searchParams);
      const meddling = decide(seen);
      const origin = target();
      const answer =
        meddling === 'lose-request' || origin === null ? null : await forward(origin, incoming, body).catch(() => null);
      if (meddling === 'lose-answer-late') await sleep(lateMilliseconds);
    const isLost = answer === null || meddling.startsWith('lose-answer');
      exchanges.push({ ...seen, query, status: isLost ? 0 : answer.status, answer: asJson(answer?.body ?? null) });
      if (isLost) {
        response.destroy();
        return;
      }
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    };
  const ironicSide = createServer((incoming, response) => void pass('agent', () => ironicUrl)(incoming, response));
  const agentSide = createServer((incoming, response) => {
    const target = (): string | null => (agentPort === null ? null : `http://127.0.0.1:${agentPort}`);
    void pass('conductor', target)(incoming, response);
  });
  const servers = [ironicSide, agentSide];
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ironicUrl: `http://127.0.0.1:${portOf(ironicSide)}`,
    agentPort: portOf(agentSide),
    exchanges,
    agentAt(port) {
      agentPort = port;
    },
    meddle(next) {
      decide = next;
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A connection of its own for each request: one that breaks must not take others along. */
function forward(origin: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { connection: _, ...headers } = incoming.headers;
  const outgoing = sendRequest(`${origin}${incoming.url ?? '/'}`, { method: incoming.method, headers, agent: false });
  outgoing.on('response', (response) => {
    readAll(response).then(
      (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
      reject,
    );
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function asJson(bytes: Buffer | null): unknown {
  try {
    return bytes === null || bytes.length === 0 ? null : JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}
