import { once } from 'node:events';
import type { ServerOptions as TlsOptions } from 'node:https';
import Hapi from '@hapi/hapi';
import type { Logger } from 'pino';
import { redactUrl } from '../src/log/redact.ts';
import type { AgentToken } from './agent-token.ts';
import { isDashboardPath } from './dashboard.ts';
import { answerWithFaults } from './faults.ts';
import { type CertificateRoutesDeps, certificateRoutes } from './routes/certificates.ts';
import { type CommandRoutesDeps, commandRoutes } from './routes/commands.ts';
import { type ErasePlanRoutesDeps, erasePlanRoutes } from './routes/erase-plan.ts';
import { methodNotAllowedRoutes } from './routes/methods.ts';
import { rootRoutes } from './routes/root.ts';

export interface ServerDeps extends CommandRoutesDeps, CertificateRoutesDeps, ErasePlanRoutesDeps {
  readonly token: AgentToken;
  readonly logger: Logger;
  /** Whether the dashboard will be mounted. */
  readonly dashboard: boolean;
  readonly version: string;
  readonly startedAt: number;
  /** A socket that somebody holds for the api; with null it takes host and port. */
  readonly socket: number | null;
  readonly host: string;
  readonly port: number;
  /** null serves plain http. */
  readonly tls: TlsOptions | null;
}

/** The api as a hapi server; it does not listen yet, so that tests can inject. */
export function buildServer(deps: ServerDeps): Hapi.Server {
  const server = Hapi.server({
    host: deps.host,
    ...(deps.socket === null ? { port: deps.port } : { autoListen: false }),
    ...(deps.tls ? { tls: deps.tls } : {}),
    router: { stripTrailingSlash: false },
    routes: { security: false },
    compression: false,
    debug: false,
  });
  server.route([...rootRoutes(deps), ...commandRoutes(deps), ...certificateRoutes(deps), ...erasePlanRoutes(deps)]);
  server.route(methodNotAllowedRoutes(server.table()));
  server.ext(
    'onPreResponse',
    answerWithFaults(deps.logger, (path) => deps.dashboard && isDashboardPath(path)),
  );
  server.events.on('response', (request) => {
    deps.logger.info(
      {
        method: request.method.toUpperCase(),
        url: redactUrl(request.raw.req.url ?? ''),
        status: request.raw.res.statusCode,
        milliseconds: Date.now() - request.info.received,
        client: request.info.remoteAddress,
      },
      'request',
    );
  });
  return server;
}

/** Listens, on the socket that is held for this process where there is one. */
export async function startServer(server: Hapi.Server, socket: number | null): Promise<void> {
  await server.start();
  if (socket === null) return;
  server.listener.listen({ fd: socket });
  await once(server.listener, 'listening');
}
