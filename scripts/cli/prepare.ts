import { once } from 'node:events';
import { connect } from 'node:net';
import { writeConfigFile } from '../../src/config/config-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { type ConfigInputRequest, readConfigInputs } from '../../src/config/read-config-inputs.ts';
import type { Config } from '../../src/core/config.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { writeRedisFiles } from '../../src/queue/redis-settings.ts';
import { prepareStateDir, readBootId, type StateDir, stateDirAt } from '../../src/queue/state-dir.ts';
import { alreadyServed } from './process-table.ts';

export interface Prepared {
  readonly config: Config;
  readonly state: StateDir;
  readonly warnings: readonly string[];
}

/** Reads the configuration and lays out the state of this boot, for whichever process comes first. */
export function prepare(request: ConfigInputRequest): Prepared {
  const { config, warnings } = loadConfig(readConfigInputs(request));
  const state = prepareStateDir(config.stateDir, readBootId(config.bootIdFile));
  writeConfigFile(config, state.configFile);
  writeRedisFiles(state);
  return { config, state, warnings };
}

/**
 * The same for who starts redis-server. Throws ConfigurationError where one serves this state directory already, before the
 * settings of that one are written over. Of two that start at the same moment the lock decides, see redisProcess.
 */
export async function prepareRedis(request: ConfigInputRequest): Promise<Prepared> {
  const { config } = loadConfig(readConfigInputs(request));
  const { redisSocket } = stateDirAt(config.stateDir, '');
  if (config.redisSocket === null && (await isServed(redisSocket))) {
    throw new ConfigurationError(`${config.stateDir}: ${alreadyServed}`);
  }
  return prepare(request);
}

async function isServed(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // nobody listens, or there is no socket
  } finally {
    socket.destroy();
  }
}
