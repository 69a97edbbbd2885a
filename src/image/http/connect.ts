import { connect as connectTcp, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { showAddress } from './address.ts';
import type { AddressRules } from './address-rules.ts';
import { asTransferError, named } from './as-transfer-error.ts';
import { bareHost } from './no-proxy.ts';
import { type Proxies, proxyFor } from './proxy.ts';
import { type SocketOpening, startOpening } from './socket-opening.ts';
import { createSocketReader, type SocketReader } from './socket-reader.ts';
import { openTunnel } from './tunnel.ts';

/** Certificates and trust for https. */
export type TlsSettings = Pick<ConnectionOptions, 'secureContext' | 'rejectUnauthorized'>;

export interface ConnectOptions {
  /** Asked for only when an address is https: to read all certificates of a system takes a tenth of a second. */
  tls(): Promise<TlsSettings>;
  /** Limit for name, connection and TLS handshake together, and then for each wait for data. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly rules: AddressRules;
  readonly proxies: Proxies;
  /** Hosts that no proxy is asked for, with commas; null for none. */
  readonly noProxy: string | null;
}

/** An open connection; whoever has it closes it. */
export interface Connection {
  readonly reader: SocketReader;
  /** The proxy at its other end that passes requests on; null where the origin itself is there, be it through a tunnel. */
  readonly forwarder: URL | null;
  send(text: string): void;
  close(reason?: Error): void;
}

/** With the default of 250 ms for each address of a host, a host far away is never reached. */
const familyAttemptMs = 2500;

/**
 * Opens a connection to the host of `url`, through its proxy if it has one. The rules are asked about the address that is
 * connected to; behind a proxy, which resolves names itself, about the host as it stands. Throws TransferError, or the reason
 * of the signal.
 */
export async function openConnection(url: URL, options: ConnectOptions): Promise<Connection> {
  const { signal, timeoutSeconds, rules } = options;
  signal.throwIfAborted();
  const host = bareHost(url);
  if (isIP(host) !== 0) rules.check(host, host);
  const proxy = proxyFor(url, options.proxies, options.noProxy);
  const secure = [url, proxy].some((end) => end?.protocol === 'https:');
  const tls = secure ? await options.tls() : {};
  const reader = createSocketReader({ stallSeconds: timeoutSeconds });
  const opening = startOpening(signal, timeoutSeconds);
  const dial: Dial = { reader, tls, opening };
  try {
    const socket =
      proxy === null
        ? await openEnd(url, dial, rules.lookup)
        : await openThrough(proxy, url, dial).catch((error: unknown) => {
            throw named(`through proxy ${showAddress(proxy)}`, asTransferError(error, signal));
          });
    return {
      reader,
      forwarder: url.protocol === 'http:' ? proxy : null,
      send: (text) => socket.write(text, 'latin1'),
      close: (reason) => socket.destroy(reason),
    };
  } catch (error) {
    opening.destroy();
    throw asTransferError(error, signal);
  } finally {
    opening.done();
  }
}

interface Dial {
  readonly reader: SocketReader;
  readonly tls: TlsSettings;
  readonly opening: SocketOpening;
}

/** Connects to the host of `url` itself, for the reader. */
async function openEnd(url: URL, { reader, tls, opening }: Dial, lookup?: LookupFunction): Promise<Socket> {
  const socket = createSocket(url, tls, { onread: reader.onread, ...(lookup ? { lookup } : {}) });
  reader.attach(socket);
  await opening.ready(socket, readyEvent(url));
  return socket;
}

async function openThrough(proxy: URL, url: URL, dial: Dial): Promise<Socket> {
  return url.protocol === 'http:' ? openEnd(proxy, dial) : openTunnelled(proxy, url, dial);
}

/** TLS with the host of `url` within a tunnel that the proxy opens. Node ignores onread over a socket that exists. */
async function openTunnelled(proxy: URL, url: URL, { reader, tls, opening }: Dial): Promise<Socket> {
  const outer = createSocket(proxy, tls, {});
  await opening.ready(outer, readyEvent(proxy));
  await openTunnel(outer, url, proxy);
  const host = bareHost(url);
  const socket = connectTls({ ...tls, ...serverName(host), host, socket: outer });
  await opening.ready(socket, 'secureConnect');
  reader.attach(socket, { copying: true });
  return socket;
}

interface SocketExtras {
  readonly onread?: OnReadOpts;
  readonly lookup?: LookupFunction;
}

function createSocket(url: URL, tls: TlsSettings, extras: SocketExtras): Socket {
  const host = bareHost(url);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const where = { host, port, autoSelectFamilyAttemptTimeout: familyAttemptMs, ...extras };
  if (url.protocol === 'http:') return connectTcp(where);
  // tls.connect takes onread as net.connect does (Node documentation of tls.connect); its type does not say so.
  const options: ConnectionOptions & SocketExtras = { ...tls, ...serverName(host), ...where };
  return connectTls(options);
}

function readyEvent(url: URL): 'connect' | 'secureConnect' {
  return url.protocol === 'https:' ? 'secureConnect' : 'connect';
}

function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}
