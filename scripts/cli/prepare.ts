import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { readConfigFile, writeConfigFile } from '../../src/config/config-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ConfigInputRequest } from '../../src/config/read-config-inputs.ts';
import type { Config } from '../../src/core/config.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { writeRedisFiles } from '../../src/queue/redis-settings.ts';
import { prepareStateDir, readBootId, type StateDir, stateDirAt } from '../../src/queue/state-dir.ts';
import { type ConfigSources, earlierState, type GatheredConfig, gatherConfig, thisMachine } from './gather-config.ts';
import { keepMediaFiles } from './keep-media-files.ts';
import { keepMedia } from './kept-media.ts';
import { networkValues } from './network-values.ts';
import { alreadyServed } from './process-table.ts';
import { beginBoot, endBoot } from './start-up.ts';

export interface Prepared {
  readonly config: Config;
  readonly state: StateDir;
  readonly warnings: readonly string[];
}

/**
 * The configuration and the state of this boot, for one process that is started alone. Where `ironhand prepare` came first, as it does
 * in the ramdisk, what it found counts; elsewhere both are made here, and the machine is left as it is: several processes that start
 * at once could not agree who prepares it.
 */
export async function prepare(request: ConfigInputRequest, sources = thisMachine): Promise<Prepared> {
  return preparedBoot(request, sources) ?? (await layOut(await gatherConfig(request, sources)));
}

function preparedBoot(request: ConfigInputRequest, sources: ConfigSources): Prepared | null {
  const input = sources.readInputs(request);
  const state = earlierState(input);
  if (state === null || !existsSync(state.units)) return null;
  return { config: readConfigFile(state.configFile, input.env), state, warnings: [] };
}

/**
 * The same for who starts redis-server. Throws ConfigurationError where one serves this state directory already, before the
 * settings of that one are written over. Of two that start at the same moment the lock decides, see redisProcess.
 */
export async function prepareRedis(request: ConfigInputRequest): Promise<Prepared> {
  const prepared = preparedBoot(request, thisMachine);
  if (prepared !== null) {
    await refuseServed(prepared.config);
    return prepared;
  }
  const gathered = await gatherConfig(request, thisMachine);
  await refuseServed(gathered.loaded.config);
  return await layOut(gathered);
}

/**
 * The same for who starts all of an agent, together with what is done once in a boot before any of its processes starts:
 * VLAN interfaces, the questions to the network, the clock, the wait for slow hardware.
 */
export async function prepareBoot(request: ConfigInputRequest, sources = thisMachine): Promise<Prepared> {
  const gathered = await gatherConfig(request, sources);
  await refuseServed(gathered.loaded.config);
  await beginBoot(gathered.loaded.config, stateOf(gathered));
  const prepared = await layOut(gathered);
  await endBoot(prepared.config, prepared.state);
  return prepared;
}

async function layOut(gathered: GatheredConfig): Promise<Prepared> {
  const state = stateOf(gathered);
  const network = await networkValues(gathered.loaded.config, state);
  const loaded = network.length === 0 ? gathered.loaded : loadConfig({ ...gathered.input, network });
  keepMedia(gathered.media, state);
  const config = keepMediaFiles(gathered.media.files, loaded.config, state);
  writeConfigFile(config, state.configFile);
  writeRedisFiles(state);
  return { config, state, warnings: loaded.warnings };
}

function stateOf({ loaded: { config } }: GatheredConfig): StateDir {
  return prepareStateDir(config.stateDir, readBootId(config.bootIdFile));
}

async function refuseServed(config: Config): Promise<void> {
  const { redisSocket } = stateDirAt(config.stateDir, '');
  if (config.redisSocket === null && (await isServed(redisSocket))) {
    throw new ConfigurationError(`${config.stateDir}: ${alreadyServed}`);
  }
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
