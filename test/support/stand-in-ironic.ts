import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  type ApiVersion,
  apiVersions,
  formatApiVersion,
  isAtLeast,
  parseApiVersion,
} from '../../src/ironic/api-version.ts';
import { type HeartbeatBody, heartbeatFault, versionFault } from './stand-in-ironic-checks.ts';

export interface StandInIronicOptions {
  /** Told at lookup, in seconds. Default: 300. */
  readonly heartbeatTimeout?: number;
  /** Token to give; made up by default. */
  readonly token?: string;
  /** Newest version of the API. Default: 1.104. */
  readonly apiVersion?: string;
  /** Whether `GET /` says the version. Default: true. */
  readonly tellsVersion?: boolean;
  /** Whether somebody has got the token already: lookups show asterisks. Default: false. */
  readonly tokenGiven?: boolean;
  /** The node to find; its `uuid` has a default. */
  readonly node?: { readonly uuid?: string; readonly [key: string]: unknown };
  /** MAC addresses of the node's ports. Default: any address finds it. */
  readonly macAddresses?: readonly string[];
  /** More for the `config` of the lookup answer. */
  readonly lookupConfig?: Readonly<Record<string, unknown>>;
  /** Whether callbacks must be https, as conductors want by default. Default: false. */
  readonly requireTls?: boolean;
  /** Makes it serve https. */
  readonly certificate?: { readonly key: string; readonly cert: string };
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  status: number;
  /** Milliseconds, by performance.now(). */
  readonly at: number;
}

interface Events {
  request: [RecordedRequest];
  lookup: [RecordedRequest];
  /** An accepted heartbeat; told after its answer has been sent. */
  heartbeat: [HeartbeatBody];
}

/**
 * An Ironic for tests and the demonstration: version document, lookup, inspection, heartbeats, with the checks and fault texts of a
 * real one. `requests` keeps everything that came. The side of the conductor is in conductor-client.ts.
 */
export class StandInIronic extends EventEmitter<Events> {
  readonly requests: RecordedRequest[] = [];
  /** Statuses to answer the next lookups with, before anything is looked at (404, 409, 500). */
  readonly lookupFaults: number[] = [];
  /** Statuses to answer the next inspections with. */
  readonly inspectionFaults: number[] = [];
  /** Statuses to answer the next heartbeats with. */
  readonly heartbeatFaults: number[] = [];
  readonly token: string;
  readonly node: Readonly<Record<string, unknown>> & { readonly uuid: string };
  readonly #options: StandInIronicOptions;
  readonly #version: ApiVersion;
  readonly #server: http.Server | https.Server;
  #tokenGiven: boolean;
  #callbackUrl: string | null = null;

  constructor(options: StandInIronicOptions) {
    super();
    this.#options = options;
    this.#tokenGiven = options.tokenGiven ?? false;
    this.#version = parseApiVersion(options.apiVersion ?? '1.104') ?? { major: 1, minor: 104 };
    this.token = options.token ?? randomBytes(32).toString('base64url');
    this.node = {
      properties: {},
      instance_info: {},
      driver_internal_info: {},
      links: [],
      ...options.node,
      uuid: options.node?.uuid ?? 'fe10ad65-2f4c-4b6a-9a55-6c2d1a3a4b01',
    };
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    const { certificate } = options;
    this.#server = certificate ? https.createServer(certificate, serve) : http.createServer(serve);
  }

  get url(): string {
    return `${this.#options.certificate ? 'https' : 'http'}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The last accepted heartbeat. */
  get lastHeartbeat(): HeartbeatBody | null {
    return (this.requests.findLast(({ path, status }) => path.startsWith('/v1/heartbeat/') && status === 202)?.body ??
      null) as HeartbeatBody | null;
  }

  async listen(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The next accepted heartbeat. */
  async nextHeartbeat(signal: AbortSignal = AbortSignal.timeout(30_000)): Promise<HeartbeatBody> {
    const [heartbeat] = (await once(this, 'heartbeat', { signal })) as [HeartbeatBody];
    return heartbeat;
  }

  /** What a power action does: the token may be given again, and the callback URL may be another. */
  reset(): void {
    this.#tokenGiven = false;
    this.#callbackUrl = null;
  }

  /** Closes the connections that nobody uses at the moment. */
  dropIdleConnections(): void {
    this.#server.closeIdleConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://ironic');
    const sent = await text(request).catch(() => null);
    if (sent === null) return; // whoever asked went away in the middle of it
    const record: RecordedRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: parseJson(sent),
      status: 0,
      at: performance.now(),
    };
    const [status, body] = this.#answer(record);
    record.status = status;
    this.requests.push(record);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(status >= 400 ? fault(String(body)) : body));
    this.emit('request', record);
    if (status === 200 && record.path === '/v1/lookup') this.emit('lookup', record);
    if (status === 202 && record.path.startsWith('/v1/heartbeat/'))
      this.emit('heartbeat', record.body as HeartbeatBody);
  }

  #answer(record: RecordedRequest): [status: number, body?: unknown] {
    const { method, path } = record;
    if (method === 'GET' && path === '/') {
      const told = this.#options.tellsVersion === false ? {} : { version: formatApiVersion(this.#version) };
      const version = { id: 'v1', ...told, min_version: '1.1', status: 'CURRENT' };
      return [200, { name: 'OpenStack Ironic API', default_version: version, versions: [version] }];
    }
    const asked = parseApiVersion(record.headers['x-openstack-ironic-api-version']) ?? { major: 1, minor: 1 };
    if (method === 'POST' && path === '/v1/continue_inspection') return this.#inspection(record, asked);
    // Of an ironic-inspector, for who is told that this one is.
    if (method === 'POST' && path === '/v1/continue') return [200, { uuid: this.node.uuid }];
    const refused = versionFault(asked, this.#version);
    if (refused) return refused;
    if (method === 'GET' && path === '/v1/lookup') return this.#lookup(record, asked);
    const [, node] = /^\/v1\/heartbeat\/([^/]+)$/.exec(path) ?? [];
    if (method === 'POST' && node) return this.#heartbeat(node, record.body, asked);
    return [404, 'Not Found'];
  }

  #lookup({ query }: RecordedRequest, asked: ApiVersion): [status: number, body: unknown] {
    const forced = this.lookupFaults.shift();
    if (forced) return [forced, `forced ${forced}`];
    const unknown = Object.keys(query).find((name) => name !== 'addresses' && name !== 'node_uuid');
    if (unknown) return [400, `Unexpected arguments: ${unknown}`];
    const isMac = (text: string) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text);
    const addresses = (query.addresses ?? '').toLowerCase().split(',').filter(isMac);
    if (addresses.length === 0 && !query.node_uuid) {
      return [400, "At least one of 'addresses' and 'node_uuid' parameters is required"];
    }
    const ports = this.#options.macAddresses?.map((address) => address.toLowerCase());
    const known = query.node_uuid
      ? query.node_uuid === this.node.uuid
      : !ports || addresses.some((address) => ports.includes(address));
    return known ? [200, this.#lookupAnswer(asked)] : [404, 'Resource could not be found.'];
  }

  /** The old way (no version, which is 1.1) it tells the node, the new way all that a lookup does, token included. */
  #inspection({ body, query }: RecordedRequest, asked: ApiVersion): [status: number, body: unknown] {
    const forced = this.inspectionFaults.shift();
    if (forced) return [forced, `forced ${forced}`];
    const isOld = asked.minor === 1;
    const isNew = isAtLeast(asked, apiVersions.continueInspection);
    if (!isOld && (!isNew || !isAtLeast(this.#version, asked))) return [404, 'API version 1.84 or newer is required'];
    if (isOld && query.node_uuid) return [404, 'API version 1.84 or newer is required'];
    const { inventory } = (body ?? {}) as { inventory?: { interfaces?: readonly { mac_address: string }[] } };
    if (!inventory?.interfaces?.length) return [400, "Schema error for data: 'inventory' is a required property"];
    return [202, isNew ? this.#lookupAnswer(asked) : { uuid: this.node.uuid }];
  }

  #lookupAnswer(asked: ApiVersion): object {
    const mayHaveToken = isAtLeast(asked, { major: 1, minor: 62 });
    const token = this.#tokenGiven ? '******' : this.token;
    this.#tokenGiven ||= mayHaveToken;
    const { heartbeatTimeout = 300, lookupConfig } = this.#options;
    const config = {
      heartbeat_timeout: heartbeatTimeout,
      agent_token: mayHaveToken ? token : null,
      agent_token_required: true,
      ...lookupConfig,
    };
    return { node: this.node, config };
  }

  #heartbeat(node: string, body: unknown, asked: ApiVersion): [status: number, body?: unknown] {
    const forced = this.heartbeatFaults.shift();
    if (forced) return [forced, `forced ${forced}`];
    if (node !== this.node.uuid) return [404, `Node ${node} could not be found.`];
    const heartbeat = (body ?? {}) as HeartbeatBody;
    const refused = heartbeatFault(heartbeat, asked, {
      token: this.token,
      callbackUrl: this.#callbackUrl,
      requireTls: this.#options.requireTls ?? false,
    });
    if (refused) return [400, refused];
    this.#callbackUrl = heartbeat.callback_url;
    return [202];
  }
}

export async function startStandInIronic(options: StandInIronicOptions = {}, port = 0): Promise<StandInIronic> {
  const ironic = new StandInIronic(options);
  await ironic.listen(port);
  return ironic;
}

function parseJson(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}

/** Ironic wraps the fault in a text inside an object. */
function fault(faultstring: string) {
  return { error_message: JSON.stringify({ faultcode: 'Client', faultstring, debuginfo: null }) };
}
