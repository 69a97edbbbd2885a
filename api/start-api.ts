import type { Logger } from 'pino';
import { commandCatalogue } from '../src/commands/catalogue.ts';
import type { AgentStatus } from '../src/core/agent-status.ts';
import type { Config } from '../src/core/config.ts';
import { errorText } from '../src/errors/guards.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { rescuedMarker } from '../src/rescue/rescue-place.ts';
import { type ApiProcess, startApiProcess } from './api-process.ts';
import { IdentityStore } from './identity.ts';
import { ServiceEnd } from './service-end.ts';
import type { StatusFile } from './status-file.ts';
import { tellServiceEnded } from './tell-operator.ts';

/** In the place of an address. */
const nowhere = 'no address: its service has ended for this boot';

/** Serves until a command ends the service for this boot; from then on, or where that was before, only stays. */
export async function startApi(
  config: Config,
  state: StateDir,
  logger: Logger,
  status: Pick<StatusFile, 'tell'>,
): Promise<ApiProcess> {
  const stopIdling = stayIdle();
  const silent = { url: nowhere, stop: () => Promise.resolve(stopIdling()) };
  const marker = rescuedMarker(config);
  if (marker !== null) {
    logger.warn({ marker }, 'this machine is being rescued: nothing is served in this boot');
    status.tell({ ended: () => 'rescued' });
    tellServiceEnded();
    return silent;
  }
  const identity = new IdentityStore(state);
  const end = new ServiceEnd({ catalogue: commandCatalogue, identity, state, logger });
  status.tell({ node: () => nodeOf(identity), ended: () => endedBy(end.command) });
  const complete = (): void => {
    tellServiceEnded();
    end.completed();
  };
  if (end.command !== null) {
    complete();
    return silent;
  }
  const api = await startApiProcess({ config, state, identity, end, status }, logger);
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= api.stop());
  end.begun
    .then(stop)
    .then(complete, (error: unknown) => logger.error({ reason: errorText(error) }, 'the service did not end in order'));
  return {
    url: end.command === null ? api.url : nowhere,
    stop: async () => {
      await stop();
      stopIdling();
    },
  };
}

function nodeOf({ current: { node } }: IdentityStore): AgentStatus['node'] {
  return node === undefined ? null : { uuid: node.uuid, name: typeof node['name'] === 'string' ? node['name'] : null };
}

function endedBy(command: string | null): AgentStatus['ended'] {
  if (command === null) return null;
  return command.startsWith('rescue.') ? 'rescued' : 'service ended';
}

/** The longest that a timer can wait; it begins again by itself. */
const idleMilliseconds = 2 ** 31 - 1;

/** Keeps this process alive with nothing to do, so that nothing starts another; returns what ends that. */
function stayIdle(): () => void {
  const timer = setInterval(() => undefined, idleMilliseconds);
  return () => clearInterval(timer);
}
