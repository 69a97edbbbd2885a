import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Config } from '../core/config.ts';
import { ConfigurationError } from '../errors/catalogue.ts';
import { type OptionKey, optionDeclarations, optionKeys } from './declarations.ts';
import { refuseClaimsAboutMachine } from './load-config.ts';
import { environmentVariable, type MachineFacts, type OptionDeclaration } from './option.ts';
import { parseOptionValue } from './option-value.ts';
import { readMachineFacts } from './read-config-inputs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const isEnvironmentOnly = (key: OptionKey) => (optionDeclarations[key] as OptionDeclaration<unknown>).environmentOnly;

/**
 * Writes a configuration for child processes, readable by the owner only: it holds secrets. What may come only from the
 * environment is left out, so that the file cannot open the safety latch.
 */
export function writeConfigFile(config: Config, path: string): void {
  const values = Object.fromEntries(
    optionKeys.filter((key) => !isEnvironmentOnly(key)).map((key) => [key, config[key]]),
  );
  // Random, as processes of several containers share the directory and may have the same pid.
  const unfinished = `${path}.${randomUUID()}.tmp`;
  writeFileSync(unfinished, JSON.stringify(values), { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, path);
}

/** Takes the token, passwords and keys out of such a file, for the processes that stay; who may read it does not change. */
export function forgetSecretsInFile(config: Config, path: string): void {
  const { uid, gid, mode } = statSync(path);
  const secret = optionKeys.filter((key) => (optionDeclarations[key] as OptionDeclaration<unknown>).secret);
  writeConfigFile({ ...config, ...Object.fromEntries(secret.map((key) => [key, null])) }, path);
  chownSync(path, uid, gid);
  chmodSync(path, mode & 0o777);
}

/**
 * Reads what writeConfigFile wrote. Throws ConfigurationError if anybody but its owner can write to the file or anybody but its group
 * can read it, if it belongs neither to this user nor to root, or if it lacks an option or holds a bad one.
 */
export function readConfigFile(
  path: string,
  env: Environment = process.env,
  machine: MachineFacts = readMachineFacts(),
): Config {
  const stored = JSON.parse(readPrivateFile(path)) as Record<string, unknown>;
  const values = optionKeys.map((key) => {
    const option: OptionDeclaration<unknown> = optionDeclarations[key];
    if (!option.environmentOnly) return [key, parseOptionValue(option, needed(stored, key, path), path)];
    const variable = environmentVariable(option);
    const raw = env[variable];
    return [key, raw ? parseOptionValue(option, raw, `environment variable ${variable}`) : false];
  });
  const config = Object.freeze(Object.fromEntries(values)) as Config;
  refuseClaimsAboutMachine(config, machine);
  return config;
}

function needed(stored: Record<string, unknown>, key: OptionKey, path: string): unknown {
  if (Object.hasOwn(stored, key)) return stored[key];
  throw new ConfigurationError(`${path}: expected ${key}, got none: it was written by another version`);
}

function readPrivateFile(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const { uid, mode } = fstatSync(descriptor);
    if (![0, process.geteuid?.()].includes(uid) || (mode & 0o037) !== 0) {
      const got = `mode ${(mode & 0o777).toString(8)} of user ${uid}`;
      throw new ConfigurationError(
        `${path}: expected a file of this user or of root that others can neither write nor read, got ${got}`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
