import { readFileSync } from 'node:fs';
import type { Server } from '@hapi/hapi';
import type { Logger } from 'pino';
import { commandCatalogue } from '../src/commands/catalogue.ts';
import type { Config } from '../src/core/config.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { AgentToken } from './agent-token.ts';
import { CommandService } from './command-service.ts';
import { dashboardPath, mountDashboard } from './dashboard.ts';
import { IdentityStore } from './identity.ts';
import { buildServer } from './server.ts';

/** The running api. */
export interface ApiProcess {
  /** Where it listens, as somebody on this machine reaches it. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startApiProcess(config: Config, state: StateDir, logger: Logger): Promise<ApiProcess> {
  const identity = new IdentityStore(state);
  const startedAt = identity.current.startedAt ?? Date.now() / 1000;
  const token = new AgentToken(
    { tokenlessGet: config.tokenlessGet, ironicMinorVersion: () => null },
    identity.current.tokenSeenOnGet ?? false,
    () => identity.update({ tokenSeenOnGet: true }),
  );
  const given = identity.current.token ?? config.agentToken;
  if (given) token.set(given);
  else logger.warn('no token: every command is refused');

  const service = new CommandService(config, state, logger, () => undefined);
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
    tls: null,
  });
  if (config.dashboard) {
    const { dashboardPassword } = config;
    const own = dashboardPassword === null ? token : fixedPassword(dashboardPassword);
    await mountDashboard(server, { queues: service.queues, isPassword: (text) => own.matches(text) });
  }
  await service.ready();
  await server.start();
  identity.update({ port: portOf(server), startedAt });
  const url = `${server.info.protocol}://${config.listenHost}:${portOf(server)}`;
  logger.info({ url, dashboard: config.dashboard ? url + dashboardPath : null }, 'api ready');
  return {
    url,
    async stop() {
      await server.stop({ timeout: 1000 });
      await service.close();
    },
  };
}

function fixedPassword(password: string): AgentToken {
  const own = new AgentToken({ tokenlessGet: 'never', ironicMinorVersion: () => null }, true, () => undefined);
  own.set(password);
  return own;
}

function portOf(server: Server): number {
  return Number(server.info.port);
}

function packageVersion(): string {
  const manifest = readFileSync(`${import.meta.dirname}/../package.json`, 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
