import type { Config } from '../core/config.ts';
import { ConfigurationError } from '../errors/catalogue.ts';
import { readConfigFile } from './config-file.ts';

/** Names the file by which a launcher hands its configuration to the processes that it starts. */
export const configFileVariable = 'IRONHAND_CONFIG';

/** The configuration that the launcher of this process made. Throws ConfigurationError. */
export function loadConfigFromParent(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const path = env[configFileVariable];
  if (!path) throw new ConfigurationError(`${configFileVariable}: expected the path of a configuration file, got none`);
  return readConfigFile(path, env);
}
