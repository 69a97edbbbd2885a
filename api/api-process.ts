import { Server as TlsServer } from 'node:tls';
import type { Server } from '@hapi/hapi';
import type { Logger } from 'pino';
import { commandCatalogue } from '../src/commands/catalogue.ts';
import { passedListeningSocket } from '../src/config/listening-socket.ts';
import type { Config } from '../src/core/config.ts';
import { packageVersion } from '../src/core/package-version.ts';
import { errorText } from '../src/errors/guards.ts';
import { callbackUrl } from '../src/ironic/callback-url.ts';
import { certificateStore } from '../src/queue/certificate-store.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { AgentToken } from './agent-token.ts';
import { type Association, associate } from './association.ts';
import { streamedCommand } from './command-answer.ts';
import { CommandService } from './command-service.ts';
import { ConductorHeartbeat } from './conductor-heartbeat.ts';
import { dashboardPath, mountDashboard } from './dashboard.ts';
import { waitsForWorkers } from './first-heartbeat.ts';
import type { IdentityStore } from './identity.ts';
import { inspectOnce, keepInspecting } from './inspect.ts';
import type { Queries } from './queries.ts';
import { SecretText } from './secret-text.ts';
import { buildServer, startServer } from './server.ts';
import { serverTls } from './server-tls.ts';
import type { ServiceEnd } from './service-end.ts';
import type { StatusFile } from './status-file.ts';
import { statusMessage } from './status-message.ts';
import type { AgentTls } from './tls.ts';
import { keepCertificateFresh } from './tls-renewal.ts';
import { WorkerWatch } from './worker-watch.ts';

/** The running api. */
export interface ApiProcess {
  /** Where it listens, as somebody on this machine reaches it. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ApiProcessParts {
  readonly config: Config;
  readonly state: StateDir;
  readonly identity: IdentityStore;
  readonly end: Pick<ServiceEnd, 'command' | 'settled'>;
  readonly status: Pick<StatusFile, 'tell'>;
}

/**
 * Finds the node, serves the api, heartbeats. Everything by which others know this agent is taken up again after a restart
 * in the same boot.
 */
export async function startApiProcess(
  { config, state, identity, end, status }: ApiProcessParts,
  logger: Logger,
): Promise<ApiProcess> {
  let heartbeat: ConductorHeartbeat | null = null;
  const forceHeartbeat = (): void => heartbeat?.force();
  const service = new CommandService(config, state, logger, (entry) => {
    end.settled(entry);
    if (entry.command.mode === 'async') forceHeartbeat();
  });
  const workers = watchWorkers(service, logger);
  status.tell({
    commands: () => service.list.all(),
    missing: () => [...workers.missing.keys()].map((group) => `worker ${group}`),
  });
  const association = await meetIronic(config, identity, service, logger);
  const token = agentToken(config, identity, association, logger);
  const tls = serverTls(config, state, association);
  const startedAt = identity.current.startedAt ?? Date.now() / 1000;
  const socket = passedListeningSocket();
  const server = buildServer({
    catalogue: commandCatalogue,
    config,
    token,
    list: service.list,
    streamed: (entry) => streamedCommand(entry, state),
    enqueuer: service.enqueuer,
    canceller: service.canceller,
    queries: service.queries,
    isListComplete: () => service.isListComplete,
    readLog: (entry) => service.readLog(entry),
    onConductor: () => heartbeat?.heard(),
    certificates: certificateStore(state),
    logger,
    dashboard: config.dashboard,
    version: packageVersion(),
    startedAt,
    socket,
    host: config.listenHost,
    // The callback URL must not change in a boot, so a port that was chosen freely is chosen again.
    port: config.listenPort === 0 ? (identity.current.port ?? 0) : config.listenPort,
    tls: tls.options,
  });
  if (config.dashboard) {
    await mountDashboard(server, { queues: service.queues, isPassword: dashboardCheck(config, token) });
  }

  const close = async (): Promise<void> => {
    workers.stop();
    await service.close();
    association?.client.close();
  };
  await service.ready();
  if (end.command !== null) {
    // It was ended by a command whose answer the process before did not live to give.
    await close();
    return { url: '', stop: () => Promise.resolve() };
  }
  if (association) await service.rememberLookup(association.node, association.settings);
  await startServer(server, socket);
  identity.update({ port: portOf(server), startedAt });
  const stopRenewal = renewCertificate(server, tls, service, forceHeartbeat);
  if (association) {
    heartbeat = new ConductorHeartbeat({
      association,
      config,
      listening: { protocol: protocolOf(server), port: portOf(server) },
      token: identity.current.token ?? config.agentToken,
      verifyCa: () => tls.verifyCa(),
      statusMessage: () => statusMessage(service.list.all(), workers.missing),
      log: logger,
    });
    const { interruptedStep: step } = identity.current;
    const ready = waitsForWorkers(config, identity.current) ? workers.allThere : Promise.resolve();
    void heartbeat.startAfter(ready.then(() => (step ? service.tellInterrupted(step) : undefined)));
  }

  const stopInspecting = keepInspecting(config, service.queries, logger);

  const url = callbackUrl({ protocol: protocolOf(server), host: config.listenHost, port: portOf(server) });
  status.tell({ url: () => url });
  logger.info({ url, node: association?.nodeUuid ?? null, dashboard: config.dashboard }, 'api ready');
  return {
    url: config.dashboard ? `${url}, dashboard ${url}${dashboardPath}` : url,
    async stop() {
      stopInspecting();
      await heartbeat?.stop();
      stopRenewal();
      await server.stop({ timeout: 1000 });
      await close();
    },
  };
}

/** What Ironic knows of this agent; null without Ironic, where an inspection may be wanted all the same. */
async function meetIronic(
  config: Config,
  identity: IdentityStore,
  service: CommandService,
  logger: Logger,
): Promise<Association | null> {
  const queries: Pick<Queries, 'ask'> = {
    ask: async (...question) => {
      await service.ready();
      return await service.queries.ask(...question);
    },
  };
  if (hasIronic(config)) return await associate(config, identity, queries, logger);
  if (!config.standalone) await inspectOnce(config, identity, queries, () => Promise.resolve(null), logger);
  return null;
}

/** Without an API URL the agent serves all the same, as ironic-python-agent does; the configuration has warned of it. */
function hasIronic({ standalone, apiUrls }: Config): boolean {
  return !standalone && apiUrls.length > 0;
}

function watchWorkers(service: CommandService, logger: Logger): WorkerWatch {
  const watch = new WorkerWatch({
    present: () => service.presentWorkers(),
    onLongGone: (group, seconds) => {
      service.endUnserved(group, seconds).catch((error: unknown) => {
        logger.warn({ err: error, group }, 'commands of a worker that is gone could not be ended');
      });
    },
    logger,
  });
  void watch.run();
  return watch;
}

/** The token of this agent: what Ironic gave, or without Ironic what the configuration says. */
function agentToken(
  config: Config,
  identity: IdentityStore,
  association: Association | null,
  logger: Logger,
): AgentToken {
  const token = new AgentToken(
    {
      tokenlessGet: config.tokenlessGet,
      ironicMinorVersion: () => {
        const told = association?.client.toldVersion ?? association?.toldVersion;
        return told?.major === 1 ? told.minor : null;
      },
    },
    identity.current.tokenSeenOnGet ?? false,
    () => {
      try {
        identity.update({ tokenSeenOnGet: true });
      } catch (error) {
        // The request itself is in order; after a restart the first GET with a token says it again.
        logger.error({ reason: errorText(error) }, 'the identity of the agent could not be written');
      }
    },
  );
  const known = association ? (identity.current.token ?? config.agentToken) : config.agentToken;
  if (known === null) logger.warn('no agent token: every command is refused');
  else token.set(known);
  return token;
}

function dashboardCheck({ dashboardPassword }: Config, token: AgentToken): (given: string) => boolean {
  if (dashboardPassword === null) return (given) => token.matches(given);
  const password = new SecretText(dashboardPassword);
  return (given) => password.equals(given);
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
