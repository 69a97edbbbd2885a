import { writeConfigFile } from '../../src/config/config-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { type ConfigInputRequest, readConfigInputs } from '../../src/config/read-config-inputs.ts';
import type { Config } from '../../src/core/config.ts';
import { writeRedisFiles } from '../../src/queue/redis-settings.ts';
import { prepareStateDir, readBootId, type StateDir } from '../../src/queue/state-dir.ts';

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
