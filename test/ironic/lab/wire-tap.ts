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
  /** It arrives at once, and the answer comes late: whoever asked waits, longer than agents wait to force a heartbeat. */
  | 'answer-late'
  /** It does not arrive: the connection breaks. */
  | 'lose-request';

/** Sees both directions of the conversation of one agent, and can break it. */
export interface WireTap extends AsyncDisposable {
  /** What the agent takes for the URL of Ironic. */
  readonly ironicUrl: string;
  /** Where agent and conductor find it. */
  readonly host: string;
  /** The port that the agent tells the conductor to call. */
  readonly agentPort: number;
  readonly exchanges: readonly Exchange[];
  /** Where the agent listens, such as `http://127.0.0.1:1234`; until it is told, nobody answers the conductor. */
  agentAt(origin: string): void;
  /** Whether somebody answers where the agent is; nothing of it is recorded. */
  isAgentServing(): Promise<boolean>;
  /** Decides about each request that begins from now on. */
  meddle(decide: (request: Pick<Exchange, 'from' | 'method' | 'path' | 'request'>) => Meddling): void;
}

const lateMilliseconds: Partial<Record<Meddling, number>> = { 'lose-answer-late': 4000, 'answer-late': 8000 };

/** The one path of ironic-inspector that agents know; Ironic has none of that name. */
const inspectorPath = '/v1/continue';

/** What the agent talks to. */
export interface IronicUrls {
  readonly url: string;
  readonly inspectorUrl: string;
}

/** Two http servers, each of which passes everything on. For agents without TLS. */
export async function createWireTap(ironic: IronicUrls, host = '127.0.0.1'): Promise<WireTap> {
  const exchanges: Exchange[] = [];
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let agentOrigin: string | null = null;
  let decide: Parameters<WireTap['meddle']>[0] = () => 'pass';
  const pass =
    (from: Exchange['from'], target: (path: string) => string | null) =>
    async (incoming: IncomingMessage, response: ServerResponse) => {
      const at = seconds();
      const body = await readAll(incoming).catch(() => null);
      if (body === null) return; // whoever asked went away in the middle of it, as a machine does whose power is cut
      const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://tap');
      const seen = { at, from, method: incoming.method ?? '', path: pathname, request: asJson(body) };
      const answer = await meddleWith(decide(seen), async () => await forward(target(pathname), incoming, body));
      const query = Object.fromEntries(searchParams);
      exchanges.push({
        ...seen,
        endedAt: seconds(),
        query,
        status: answer.kept ? 0 : answer.status,
        answer: asJson(answer.body),
      });
      if (answer.kept) response.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    };
  const toIronic = pass('agent', (path) => (path === inspectorPath ? ironic.inspectorUrl : ironic.url));
  const toAgent = pass('conductor', () => agentOrigin);
  const ironicSide = createServer((incoming, response) => void toIronic(incoming, response));
  const agentSide = createServer((incoming, response) => void toAgent(incoming, response));
  const servers = [ironicSide, agentSide];
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    ironicUrl: `http://${host}:${portOf(ironicSide)}`,
    host,
    agentPort: portOf(agentSide),
    exchanges,
    agentAt(origin) {
      agentOrigin = origin;
    },
    async isAgentServing() {
      if (agentOrigin === null) return false;
      const signal = AbortSignal.timeout(2000);
      return await fetch(agentOrigin, { signal }).then(
        () => true,
        () => false,
      );
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

/** What came back, and whether it is kept from the one who asked. */
type TappedAnswer = Answer & { readonly kept: boolean };

const nothing: TappedAnswer = { status: 0, headers: {}, body: Buffer.alloc(0), kept: true };

async function meddleWith(meddling: Meddling, send: () => Promise<Answer>): Promise<TappedAnswer> {
  if (meddling === 'lose-request') return nothing;
  try {
    const answer = await send();
    const late = lateMilliseconds[meddling];
    if (late !== undefined) await sleep(late);
    return { ...answer, kept: meddling.startsWith('lose') };
  } catch {
    return nothing; // nobody there
  }
}

/** A connection of its own for each request: one that breaks must not take others along. */
async function forward(origin: string | null, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  if (origin === null) throw new Error('the agent has not said where it is');
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { connection: _, ...headers } = incoming.headers;
  const outgoing = sendRequest(`${origin}${incoming.url ?? '/'}`, { method: incoming.method, headers, agent: false });
  outgoing.on('response', resolve);
  outgoing.on('error', reject);
  outgoing.end(body);
  const response = await promise;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await readAll(response) };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function asJson(bytes: Buffer): unknown {
  try {
    return bytes.length === 0 ? null : JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}
