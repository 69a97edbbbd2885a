import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { errorText, hasErrorCode } from '../../errors/guards.ts';
import { createSocketReader, type SocketReader } from './socket-reader.ts';
import { TransferError } from './transfer-error.ts';

/** Certificates and trust for https. */
export type TlsSettings = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;

export interface ConnectOptions {
  /** Asked for only when an address is https: to read all certificates of a system takes a tenth of a second. */
  tls(): Promise<TlsSettings>;
  /** Limit for name, connection and TLS handshake together, and then for each wait for data. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** An open connection; whoever has it closes it. */
export interface Connection {
  readonly reader: SocketReader;
  send(text: string): void;
  close(reason?: Error): void;
}

/** Opens a connection to the host of `url`; throws TransferError, or the reason of the signal. */
export async function openConnection(url: URL, options: ConnectOptions): Promise<Connection> {
  options.signal.throwIfAborted();
  const reader = createSocketReader({ stallSeconds: options.timeoutSeconds });
  const socket = createSocket(url, url.protocol === 'https:' ? await options.tls() : null, reader);
  reader.attach(socket);
  const abort = () => socket.destroy(options.signal.reason as Error);
  options.signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => options.signal.removeEventListener('abort', abort));
  await connected(socket, url, options.timeoutSeconds);
  return {
    reader,
    send: (text) => socket.write(text, 'latin1'),
    close: (reason) => socket.destroy(reason),
  };
}

function createSocket(url: URL, tls: TlsSettings | null, reader: SocketReader): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { onread } = reader;
  const port = Number(url.port) || (tls === null ? 80 : 443);
  if (tls === null) return connectTcp({ host, port, onread });
  const servername = isIP(host) ? {} : { servername: host };
  // tls.connect takes onread as net.connect does (Node documentation of tls.connect); its type does not say so.
  const options: ConnectionOptions & { onread: OnReadOpts } = { ...tls, ...servername, host, port, onread };
  return connectTls(options);
}

function connected(socket: Socket, url: URL, timeoutSeconds: number): Promise<void> {
  const ready = url.protocol === 'https:' ? 'secureConnect' : 'connect';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(new TransferError(`no connection within ${timeoutSeconds} s`, { passing: true }));
    }, timeoutSeconds * 1000);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new TransferError('connection closed', { passing: true }));
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once(ready, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The peer's certificate was refused: trying again does not help. */
const certificateErrors =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Gives any error of a socket the meaning it has for a retry. An abort passes through unchanged. */
export function asTransferError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof TransferError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = hasErrorCode(error, 'ECONNREFUSED') ? 'connection refused' : errorText(error) || code;
  return new TransferError(text, { passing: !certificateErrors.test(code), cause: error });
}
