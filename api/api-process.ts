import { readFileSync } from 'node:fs';
import { Server as TlsServer } from 'node:tls';
import type { Server } from '@hapi/hapi';
import type { Logger } from 'pino';
import { commandCatalogue } from '../src/commands/catalogue.ts';
import type { Config } from '../src/core/config.ts';
import { emulatedAgentVersion } from '../src/ironic/agent-version.ts';
import { callbackUrl } from '../src/ironic/callback-url.ts';
import { type Heartbeat, startHeartbeat } from '../src/ironic/heartbeat.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { AgentToken } from './agent-token.ts';
import { type Association, associate } from './association.ts';
import { CommandService } from './command-service.ts';
import { dashboardPath, mountDashboard } from './dashboard.ts';
import { IdentityStore } from './identity.ts';
import { buildServer } from './server.ts';
import { serverTls } from './server-tls.ts';
import { statusMessage } from './status-message.ts';
import type { AgentTls } from './tls.ts';
import { keepCertificateFresh } from './tls-renewal.ts';

/** The running api. */
export interface ApiProcess {
  /** Where it listens, as somebody on this machine reaches it. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Finds the node, serves the api, heartbeats. Everything by which others know this agent is taken up again after a restart
 * in the same boot.
 */
export async function startApiProcess(config: Config, state: StateDir, logger: Logger): Promise<ApiProcess> {
  const identity = new IdentityStore(state);
  let heartbeat: Heartbeat | null = null;
  const service = new CommandService(config, state, logger, ({ command }) => {
    if (command.mode === 'async') heartbeat?.force();
  });
  const association = hasIronic(config) ? await associate(config, identity, logger) : null;
  const token = agentToken(config, identity, association, logger);
  const tls = serverTls(config, state, association);
  const startedAt = identity.current.startedAt ?? Date.now() / 1000;
  const server = buildServer({
    catalogue: commandCatalogue,
    token,
    list: service.list,
    enqueuer: service.enqueuer,
    isListComplete: () => service.isListComplete,
    readLog: (entry) => service.readLog(entry),
    logger,
    version: packageVersion(),
    startedAt,
    host: config.listenHost,
    port: identity.current.port ?? config.listenPort,
    tls: tls.options,
  });
  if (config.dashboard)
    await mountDashboard(server, { queues: service.queues, isPassword: dashboardCheck(config, token) });

  await service.ready();
  if (association?.node) await service.rememberLookup(association.node, association.settings);
  await server.start();
  identity.update({ port: portOf(server), startedAt });
  if (association) heartbeat = beat(association, config, server, tls, identity, service, logger);
  const stopRenewal = renewCertificate(server, tls, service, () => heartbeat?.force());

  const url = callbackUrl({ protocol: protocolOf(server), host: config.listenHost, port: portOf(server) });
  logger.info({ url, node: association?.nodeUuid ?? null, dashboard: config.dashboard }, 'api ready');
  return {
    url: config.dashboard ? `${url}, dashboard ${url}${dashboardPath}` : url,
    async stop() {
      await heartbeat?.stop();
      stopRenewal();
      await server.stop({ timeout: 1000 });
      await service.close();
      association?.client.close();
    },
  };
}

/** Without an API URL the agent serves all the same, as ironic-python-agent does; the configuration has warned of it. */
function hasIronic({ standalone, apiUrls }: Config): boolean {
  return !standalone && apiUrls.length > 0;
}

function agentToken(
  config: Config,
  identity: IdentityStore,
  association: Association | null,
  logger: Logger,
): AgentToken {
  const token = new AgentToken(
    {
      tokenlessGet: config.tokenlessGet,
      ironicMinorVersion: () => (association?.apiVersion.major === 1 ? association.apiVersion.minor : null),
    },
    identity.current.tokenSeenOnGet ?? false,
    () => identity.update({ tokenSeenOnGet: true }),
  );
  const known = identity.current.token ?? config.agentToken;
  if (known === null) logger.warn('no agent token: every command is refused');
  else token.set(known);
  return token;
}

function dashboardCheck({ dashboardPassword }: Config, token: AgentToken): (given: string) => boolean {
  if (dashboardPassword === null) return (given) => token.matches(given);
  const own = new AgentToken({ tokenlessGet: 'never', ironicMinorVersion: () => null }, true, () => undefined);
  own.set(dashboardPassword);
  return (given) => own.matches(given);
}

function beat(
  association: Association,
  config: Config,
  server: Server,
  tls: AgentTls,
  identity: IdentityStore,
  service: CommandService,
  logger: Logger,
): Heartbeat {
  const url = callbackUrl({
    protocol: config.advertiseProtocol ?? protocolOf(server),
    host: association.address,
    port: config.advertisePort ?? portOf(server),
  });
  return startHeartbeat(
    association.client,
    {
      nodeUuid: association.nodeUuid,
      timeoutSeconds: association.settings.heartbeatTimeoutSeconds,
      content: () => ({
        callbackUrl: url,
        agentToken: identity.current.token ?? config.agentToken,
        agentVersion: emulatedAgentVersion,
        agentVerifyCa: tls.verifyCa(),
        statusMessage: statusMessage(service.list.last()),
      }),
    },
    logger,
  );
}

function renewCertificate(server: Server, tls: AgentTls, service: CommandService, renewed: () => void): () => void {
  const { listener } = server;
  if (!(listener instanceof TlsServer)) return () => undefined;
  return keepCertificateFresh(tls, listener, { isBusy: () => service.list.running().length > 0, renewed });
}

function protocolOf(server: Server): 'http' | 'https' {
  return server.info.protocol === 'https' ? 'https' : 'http';
}

function portOf(server: Server): number {
  return Number(server.info.port);
}

function packageVersion(): string {
  const manifest = readFileSync(`${import.meta.dirname}/../package.json`, 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
