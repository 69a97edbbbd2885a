import type { Server as HttpServer } from 'node:http';
import type { ServerOptions as TlsOptions } from 'node:https';
import type { Logger } from 'pino';
import type { Config } from '../src/core/config.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import type { Association } from './association.ts';

/** How the api is served, and what the conductor needs to trust it. */
export interface ServerTls {
  /** null: plain http. */
  readonly options: TlsOptions | null;
  /** PEM that a heartbeat carries; null where the certificate is somebody else's, or none. */
  verifyCa(): string | null;
  /** Keeps the certificate of a listening server valid; `onRenewed` is told of each new one. */
  serve(listener: HttpServer, onRenewed: () => void): void;
  stop(): void;
}

export async function serverTls(
  _config: Config,
  _state: StateDir,
  _association: Association | null,
  _logger: Logger,
): Promise<ServerTls> {
  return await Promise.resolve({ options: null, verifyCa: () => null, serve: () => undefined, stop: () => undefined });
}
