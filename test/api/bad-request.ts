import type { RunningAgent } from '../support/agent.ts';
import { rawExchange } from '../support/http-request.ts';

/** What came back for a malformed request. */
export interface Refusal {
  readonly status: number;
  /** `faultstring` where the answer has the form of the contract, else the body as it came. */
  readonly fault: string;
}

/** One row of the table of malformed requests. */
export interface BadRequest {
  readonly name: string;
  readonly status: number;
  readonly fault: RegExp;
  send(agent: RunningAgent): Promise<Refusal>;
}

type Expected = readonly [status: number, fault: RegExp];

/** A POST with these bytes as its body. */
export function bodyRow(name: string, body: string | Buffer, [status, fault]: Expected): BadRequest {
  return {
    name,
    status,
    fault,
    send: async (agent) => refusalOf(await agent.request('/v1/commands/', { method: 'POST', body })),
  };
}

/** A POST of a command with these parameters. */
export function commandRow(name: string, command: unknown, params: unknown, expected: Expected): BadRequest {
  return bodyRow(name, JSON.stringify({ name: command, params }), expected);
}

interface Head {
  readonly method?: string;
  /** Path and query exactly as they go out; no token is added. */
  readonly target: string;
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
  readonly version?: string;
}

/** A request written by hand, for what no HTTP library would send; `TOKEN` in it becomes the token of the agent. */
export function rawRow(name: string, head: Head | string, [status, fault]: Expected): BadRequest {
  const text = typeof head === 'string' ? head : requestText(head);
  return {
    name,
    status,
    fault,
    async send(agent) {
      return refusalOfText(await rawExchange(agent.url, text.replaceAll('TOKEN', agent.token)));
    },
  };
}

/** The bytes of a request, as latin1 text. */
function requestText({ method = 'GET', target, headers = [], body, version = '1.1' }: Head): string {
  const length = body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${target} HTTP/${version}`, 'host: agent', 'connection: close', ...length, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body?.toString('latin1') ?? ''}`;
}

function refusalOf({ status, text, json }: { status: number; text: string; json: unknown }): Refusal {
  const { faultcode, faultstring } = (json ?? {}) as { readonly faultcode?: unknown; readonly faultstring?: unknown };
  const isFault = typeof faultstring === 'string' && faultcode === (status >= 500 ? 'Server' : 'Client');
  return { status, fault: isFault ? faultstring : text };
}

function refusalOfText(text: string): Refusal {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined; // refused by the parser of HTTP, below the api
  }
  return refusalOf({ status, text: body, json });
}
